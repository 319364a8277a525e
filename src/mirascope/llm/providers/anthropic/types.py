"""What is read of the Messages wire: only these fields, and every one may be missing.

Source: https://docs.claude.com/en/api/messages and /en/docs/build-with-claude/streaming (2025-11).
Content blocks stay raw, since a turn has to be sent back with every field that it came with.
"""

from __future__ import annotations

import msgspec

from mirascope.llm.providers.encoding import ABSENT

__all__ = ["Block", "Delta", "Event", "Iteration", "Message", "OutputDetails", "Usage"]


class Block(msgspec.Struct):
    """The fields of a content block that mean something to a reader."""

    type: str | None = None
    id: str | None = None
    name: str | None = None
    text: str | None = None
    thinking: str | None = None
    input: msgspec.Raw = ABSENT


class Delta(msgspec.Struct):
    """What changes a content block, or, in ``message_delta``, the message."""

    type: str | None = None
    text: str | None = None
    thinking: str | None = None
    partial_json: str | None = None
    signature: str | None = None
    citation: object = None
    stop_reason: str | None = None


class OutputDetails(msgspec.Struct):
    """What output tokens went into; compatible servers have their own name for thinking."""

    thinking_tokens: int | float | None = None
    reasoning_tokens: int | float | None = None


class Iteration(msgspec.Struct):
    """One of several samplings behind an answer."""

    type: str | None = None
    input_tokens: int | float | None = None
    output_tokens: int | float | None = None
    cache_read_input_tokens: int | float | None = None
    cache_creation_input_tokens: int | float | None = None


class Usage(msgspec.Struct):
    """Token counts; input excludes what was read from, or written to, the cache."""

    input_tokens: int | float | None = None
    output_tokens: int | float | None = None
    cache_read_input_tokens: int | float | None = None
    cache_creation_input_tokens: int | float | None = None
    output_tokens_details: OutputDetails | None = None
    server_tool_use: dict[str, int | float | None] | None = None
    iterations: list[Iteration] | None = None


class Message(msgspec.Struct):
    """A whole answer; in ``message_start`` mostly an empty one."""

    type: str | None = None
    content: list[msgspec.Raw] | None = None
    stop_reason: str | None = None
    usage: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT


class Event(msgspec.Struct):
    """Any event of a stream."""

    type: str | None = None
    index: int = 0
    delta: Delta | None = None
    content_block: msgspec.Raw = ABSENT
    message: Message | str | None = None
    """Text in the errors of some compatible servers."""
    usage: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT
