"""What can go wrong between a client and a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mirascope.llm.exceptions import ToolError

if TYPE_CHECKING:
    from mirascope.llm.mcp.results import MCPResult

__all__ = ["MCPToolError"]


class MCPToolError(ToolError):
    """A server's tool failed, and said so: ``isError`` in its result.

    Attributes:
        result: The whole result; None on an error that was unpickled elsewhere.
    """

    result: MCPResult | None

    def __init__(self, text: str, result: MCPResult | None = None) -> None:
        super().__init__(text)
        self.result = result
