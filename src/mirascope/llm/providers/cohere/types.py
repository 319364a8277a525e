"""What is read of the Chat wire: only these fields, and every one may be missing.

Source: https://docs.cohere.com/v2/reference/chat and /chat-stream, as the vendor's own package has
them (`cohere` 7.3.1, 2026-11). Where a stream has one thing a whole message has a list of them.
"""

from __future__ import annotations

import msgspec

from mirascope._wire.json_values import JsonObject
from mirascope.llm.providers.encoding import ABSENT

__all__ = ["Answer", "Content", "Delta", "Event", "Function", "Message", "ToolCall", "Usage"]


class Content(msgspec.Struct, gc=False):
    """A block of the content, its start, or what it grows by."""

    type: str | None = None
    text: str | None = None
    thinking: str | None = None


class Function(msgspec.Struct, gc=False):
    """A function's name and arguments, or what these grow by."""

    name: str | None = None
    arguments: str | None = None


class ToolCall(msgspec.Struct, gc=False):
    """A call, its start, or what it grows by."""

    id: str | None = None
    type: str | None = None
    function: Function | None = None


class Message(msgspec.Struct, gc=False):
    """The one thing that an event of a stream tells of the message."""

    content: Content | list[object] | None = None
    tool_plan: str | None = None
    tool_calls: ToolCall | list[object] | None = None
    citations: JsonObject | list[object] | None = None


class Delta(msgspec.Struct, gc=False):
    """What an event brings."""

    message: Message | None = None
    finish_reason: str | None = None
    usage: msgspec.Raw = ABSENT
    error: str | None = None
    """Why the answer broke off, in words."""


class Event(msgspec.Struct, gc=False):
    """Any event of a stream."""

    type: str | None = None
    index: int | None = None
    delta: Delta | None = None


class Answer(msgspec.Struct):
    """A whole answer."""

    message: JsonObject | str | None = None
    """The message of the model; text in an error."""
    finish_reason: str | None = None
    usage: msgspec.Raw = ABSENT
    error: object = None


class Usage(msgspec.Struct):
    """Numbers of the answer; floats on the wire."""

    tokens: JsonObject | None = None
    """What the model read and wrote."""
    billed_units: JsonObject | None = None
    """What of it is paid for: without the vendor's own instructions, for one."""
    cached_tokens: float | None = None
