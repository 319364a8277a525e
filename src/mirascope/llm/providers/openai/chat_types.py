"""Chat Completions on the wire: what is read of an answer.

https://platform.openai.com/docs/api-reference/chat (2025), and what servers that speak the same
wire add to it. Only fields that are read are declared, all are optional, and where servers differ
the type is as wide as what they send.
"""

from __future__ import annotations

import msgspec

from mirascope._wire.json_values import JsonObject

__all__ = [
    "Choice",
    "Completion",
    "Delta",
    "FunctionDelta",
    "ToolCallDelta",
    "WholeChoice",
    "WholeCompletion",
]


class FunctionDelta(msgspec.Struct, gc=False):
    """A function's name and a piece of its arguments; an object where a server does not quote."""

    name: str | None = None
    arguments: str | JsonObject | None = None


class ToolCallDelta(msgspec.Struct, gc=False):
    """A piece of a tool call; in a whole message, all of it."""

    index: int | None = None
    id: str | int | None = None
    type: str | None = None
    function: FunctionDelta | None = None
    extra_content: JsonObject | None = None
    """Google: thought signatures, to be sent back with the call."""


class Delta(msgspec.Struct, gc=False):
    """A piece of the message; in a whole answer, the message.

    The fields after `tool_calls` are the additions of servers.
    """

    content: str | list[object] | None = None
    """Mistral: a list of text and thinking chunks."""
    refusal: str | None = None
    tool_calls: list[ToolCallDelta] | None = None
    reasoning_content: str | None = None
    """DeepSeek, and after it vLLM, llama.cpp, xAI, Moonshot and others."""
    reasoning: str | None = None
    """OpenRouter, Groq, Cerebras, newer vLLM."""
    reasoning_text: str | None = None
    """GitHub Copilot."""
    thinking: object = None
    """Ollama's own name for it; text, where it means that."""
    reasoning_details: list[JsonObject] | None = None
    """OpenRouter: structured reasoning with signatures; Snowflake sends nothing else."""
    function_call: FunctionDelta | None = None
    """What tool calls were before 2023-11."""
    annotations: list[object] | None = None
    audio: JsonObject | None = None
    images: list[object] | None = None
    executed_tools: list[object] | None = None
    """Groq: tools that the server ran."""
    thinking_blocks: list[object] | None = None
    """LiteLLM."""
    reasoning_opaque: object = None
    """GitHub Copilot."""


class Choice(msgspec.Struct, gc=False):
    """One of the answers, of which only the first is read."""

    index: int | None = None
    delta: Delta | None = None
    message: Delta | None = None
    finish_reason: str | None = None
    error: object = None
    """OpenRouter: the upstream provider failed."""
    content_filter_results: JsonObject | None = None
    """Azure: what its filter thinks of the answer; of a piece of it, in a stream."""


_ABSENT = msgspec.Raw()


class WholeChoice(msgspec.Struct, gc=False):
    """An answer in a whole body, with its message as it came."""

    message: msgspec.Raw = _ABSENT
    delta: msgspec.Raw = _ABSENT


class WholeCompletion(msgspec.Struct, gc=False):
    """A whole answer, of which only the messages are of interest."""

    choices: list[WholeChoice]


class Completion(msgspec.Struct, gc=False):
    """A chunk of a stream, or a whole answer."""

    choices: list[Choice] | None = None
    usage: JsonObject | None = None
    error: object = None
    x_groq: JsonObject | None = None
    citations: list[object] | None = None
    """Perplexity and xAI: sources, repeated in every chunk."""
    search_results: list[object] | None = None
    """Perplexity."""
    prompt_filter_results: list[object] | None = None
    """Azure: what its filter thinks of the prompt; in a stream before there is a choice."""
