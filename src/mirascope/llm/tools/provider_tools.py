"""Tools that the provider runs itself."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["ProviderTool", "WebSearchTool"]


@dataclass(frozen=True)
class ProviderTool:
    """Ask for a capability that the provider runs on its own side.

    It never leads to a `ToolCall`; what it was used for is in `Usage.provider_tool_usage`, under
    the same name. Providers that do not have it raise `FeatureNotSupportedError`.
    """

    name: str


@dataclass(frozen=True)
class WebSearchTool(ProviderTool):
    """Let the model search the web."""

    name: str = field(default="web_search", init=False)
