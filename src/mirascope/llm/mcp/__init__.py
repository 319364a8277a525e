"""The Model Context Protocol: tools of other programs for a model, and ours for other programs."""

from mirascope._install import needs

with needs("mcp", "`mirascope.llm.mcp` needs the library `mcp`"):
    from mcp import StdioServerParameters

    from mirascope.llm.mcp.client import MCPClient
    from mirascope.llm.mcp.errors import MCPToolError
    from mirascope.llm.mcp.options import ClientOptions, ConnectionOptions, MCPProgress
    from mirascope.llm.mcp.progress import report_progress
    from mirascope.llm.mcp.results import MCPPart, MCPResult
    from mirascope.llm.mcp.serving import make_server, serve, serve_async
    from mirascope.llm.mcp.sync_client import SyncMCPClient, connect
    from mirascope.llm.mcp.transports import sse_client, stdio_client, streamable_http_client

__all__ = [
    "ClientOptions",
    "ConnectionOptions",
    "MCPClient",
    "MCPPart",
    "MCPProgress",
    "MCPResult",
    "MCPToolError",
    "StdioServerParameters",
    "SyncMCPClient",
    "connect",
    "make_server",
    "report_progress",
    "serve",
    "serve_async",
    "sse_client",
    "stdio_client",
    "streamable_http_client",
]
