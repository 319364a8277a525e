"""Tools, prompts and resources of the Model Context Protocol, as v1 takes and gives them."""

from __future__ import annotations

from mirascope._install import needs

with needs("mcp", "`mirascope.mcp` needs the library `mcp`"):
    from mcp import StdioServerParameters

    from .client import MCPClient, sse_client, stdio_client
    from .server import MCPServer

__all__ = ["MCPClient", "MCPServer", "StdioServerParameters", "sse_client", "stdio_client"]
