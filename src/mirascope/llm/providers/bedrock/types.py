"""What is read of the Converse wire: only these fields, and every one may be missing.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and
/API_runtime_ConverseStream.html (2026-01). Names are the wire's own. Blocks of a whole body stay
raw as well, since a turn has to be sent back with every field that it came with.
"""

from __future__ import annotations

import msgspec

from mirascope.llm.providers.encoding import ABSENT

__all__ = [
    "Answer",
    "Block",
    "Citations",
    "Delta",
    "Event",
    "Input",
    "Message",
    "Output",
    "Reasoning",
    "ReasoningText",
    "Start",
    "Text",
    "ToolResult",
    "ToolUse",
    "Usage",
]


class ToolUse(msgspec.Struct):
    """A call, of the caller's tool or of one that the server runs itself."""

    toolUseId: str | None = None
    name: str | None = None
    type: str | None = None
    input: msgspec.Raw = ABSENT


class ToolResult(msgspec.Struct):
    """What a tool returned that the server ran itself."""

    toolUseId: str | None = None
    type: str | None = None
    status: str | None = None


class ReasoningText(msgspec.Struct):
    """A thought and its signature."""

    text: str | None = None
    signature: str | None = None


class Reasoning(msgspec.Struct):
    """A thought; in a delta without the object around its text."""

    reasoningText: ReasoningText | None = None
    text: str | None = None
    signature: str | None = None
    redactedContent: str | None = None


class Text(msgspec.Struct):
    """A text that sources are given for."""

    text: str | None = None


class Citations(msgspec.Struct):
    """Texts and what they are taken from."""

    content: list[Text] | None = None
    citations: list[dict[str, object]] | None = None


class Block(msgspec.Struct):
    """The fields of a content block that mean something to a reader."""

    text: str | None = None
    toolUse: ToolUse | None = None
    reasoningContent: Reasoning | None = None
    citationsContent: Citations | None = None


class Start(msgspec.Struct):
    """What is known of a block before its deltas; texts and thoughts have no start."""

    toolUse: ToolUse | None = None
    toolResult: ToolResult | None = None


class Input(msgspec.Struct):
    """A piece of a call's arguments."""

    input: str | None = None


class Delta(msgspec.Struct):
    """What is added to a block."""

    text: str | None = None
    toolUse: Input | None = None
    reasoningContent: Reasoning | None = None
    citation: dict[str, object] | None = None
    toolResult: list[dict[str, object]] | None = None


class Usage(msgspec.Struct):
    """Token counts; input excludes what was read from, or written to, the cache."""

    inputTokens: int | float | None = None
    outputTokens: int | float | None = None
    cacheReadInputTokens: int | float | None = None
    cacheWriteInputTokens: int | float | None = None


class Event(msgspec.Struct):
    """Any event of a stream; which one it is, the framing tells."""

    contentBlockIndex: int = 0
    start: Start | None = None
    delta: Delta | None = None
    stopReason: str | None = None
    usage: msgspec.Raw = ABSENT


class Message(msgspec.Struct):
    """The model's turn."""

    content: list[msgspec.Raw] | None = None


class Output(msgspec.Struct):
    """What holds the turn."""

    message: Message | None = None


class Answer(msgspec.Struct):
    """A whole body."""

    output: Output | None = None
    stopReason: str | None = None
    usage: msgspec.Raw = ABSENT
