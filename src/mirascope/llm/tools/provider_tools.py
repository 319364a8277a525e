"""Tools that the provider runs itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mirascope.llm.types.refusals import wrong_type

__all__ = [
    "CodeExecutionTool",
    "FileSearchTool",
    "ImageGenerationTool",
    "ProviderTool",
    "URLContextTool",
    "WebSearchTool",
]


@dataclass(frozen=True)
class ProviderTool:
    """Ask for a capability that the provider runs on its own side.

    It never leads to a `ToolCall`: what it was asked and what it gave are `ProviderToolCall` and
    `ProviderToolOutput` parts of the answer, and how often it ran is in
    `Usage.provider_tool_usage`, all under the same name. Providers that do not have it raise
    `FeatureNotSupportedError`.
    """

    name: str

    def __post_init__(self) -> None:
        """Make lists tuples, since a tool is a value."""
        for name, value in vars(self).items():
            if isinstance(value, list):
                object.__setattr__(self, name, tuple(value))  # pyright: ignore[reportUnknownArgumentType]  # of whatever
            elif isinstance(value, str) and name not in _TEXTS:
                raise wrong_type(name, "a list of texts", value)


_TEXTS = {"name", "size", "quality"}


@dataclass(frozen=True)
class WebSearchTool(ProviderTool):
    """Let the model search the web."""

    name: str = field(default="web_search", init=False)
    allowed_domains: Sequence[str] = ()
    """The only domains whose pages may be found, such as ``example.com``. OpenAI and Anthropic."""
    blocked_domains: Sequence[str] = ()
    """Domains whose pages may not be found. Anthropic, and Google on Vertex AI."""
    max_uses: int | None = None
    """The most searches for one answer. Anthropic."""


@dataclass(frozen=True)
class URLContextTool(ProviderTool):
    """Let the model read pages whose addresses are in the conversation. Anthropic and Google."""

    name: str = field(default="url_context", init=False)
    allowed_domains: Sequence[str] = ()
    """The only domains that may be read. Anthropic."""
    blocked_domains: Sequence[str] = ()
    """Domains that may not be read. Anthropic."""
    max_uses: int | None = None
    """The most pages for one answer. Anthropic."""


@dataclass(frozen=True)
class CodeExecutionTool(ProviderTool):
    """Let the model run code in a sandbox of the provider's. OpenAI, Anthropic and Google."""

    name: str = field(default="code_execution", init=False)
    file_ids: Sequence[str] = ()
    """The provider's ids of files to put there. OpenAI."""


@dataclass(frozen=True)
class FileSearchTool(ProviderTool):
    """Let the model search files that the provider keeps. OpenAI and Google."""

    name: str = field(default="file_search", init=False)
    stores: Sequence[str] = ()
    """The provider's ids of the stores: vector stores at OpenAI, file search stores at Google."""
    max_results: int | None = None
    """The most findings. OpenAI."""


@dataclass(frozen=True)
class ImageGenerationTool(ProviderTool):
    """Let the model make images, which are parts of the answer. OpenAI's Responses API."""

    name: str = field(default="image_generation", init=False)
    size: str | None = None
    """Width and height, such as ``1024x1024``."""
    quality: str | None = None
    """``low``, ``medium`` or ``high``."""
    previews: int = 0
    """How many unfinished images to stream before each, up to 3."""
