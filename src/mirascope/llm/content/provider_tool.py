"""Tools that the provider ran: what was called, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from mirascope.llm.content.json_form import JsonForm

__all__ = [
    "ProviderToolCall",
    "ProviderToolCallChunk",
    "ProviderToolCallEndChunk",
    "ProviderToolCallStartChunk",
    "ProviderToolOutput",
    "ProviderToolOutputChunk",
]


@dataclass(kw_only=True)
class ProviderToolCall:
    """A call of a tool that the provider ran itself: there is nothing to execute."""

    type: Literal["provider_tool_call"] = "provider_tool_call"
    id: str
    """Ties the output to the call."""
    name: str
    """The name of the `ProviderTool`, such as ``web_search``, or the provider's own where there is
    none."""
    args: str
    """The arguments as JSON text, in the provider's own form; ``"{}"`` when it does not say."""


@dataclass(kw_only=True)
class ProviderToolOutput:
    """What a tool that the provider ran itself gave the model."""

    type: Literal["provider_tool_output"] = "provider_tool_output"
    id: str
    """The id of the `ProviderToolCall` this answers."""
    name: str
    result: Annotated[Any, JsonForm()]
    """Plain JSON: for ``web_search`` and ``file_search`` a list of objects with ``url`` or
    ``file``, ``title`` and ``text``, as far as the provider says; for ``code_execution`` an object
    with ``stdout``, ``stderr`` and ``return_code``; otherwise the provider's own."""
    error: str | None = None
    """Why the tool failed, if it did."""


@dataclass(kw_only=True, slots=True)
class ProviderToolCallStartChunk:
    """A call of a tool of the provider's begins."""

    type: Literal["provider_tool_call_start_chunk"] = "provider_tool_call_start_chunk"
    content_type: Literal["provider_tool_call"] = "provider_tool_call"
    id: str
    name: str


@dataclass(kw_only=True, slots=True)
class ProviderToolCallChunk:
    """More of the JSON text of a call's arguments."""

    type: Literal["provider_tool_call_chunk"] = "provider_tool_call_chunk"
    content_type: Literal["provider_tool_call"] = "provider_tool_call"
    id: str
    delta: str


@dataclass(kw_only=True, slots=True)
class ProviderToolCallEndChunk:
    """The call with this id is complete, and the provider runs it."""

    type: Literal["provider_tool_call_end_chunk"] = "provider_tool_call_end_chunk"
    content_type: Literal["provider_tool_call"] = "provider_tool_call"
    id: str


@dataclass(kw_only=True, slots=True)
class ProviderToolOutputChunk:
    """The whole output of the call with this id."""

    type: Literal["provider_tool_output_chunk"] = "provider_tool_output_chunk"
    content_type: Literal["provider_tool_output"] = "provider_tool_output"
    output: ProviderToolOutput

    @property
    def id(self) -> str:
        """Return the id of the call."""
        return self.output.id
