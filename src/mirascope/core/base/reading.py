"""What one chunk, or one whole response, says: read once, used by everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

__all__ = ["Reading", "ToolDelta", "reason_text"]


class ToolDelta(NamedTuple):
    """A piece of a tool call, as a vendor streams it.

    Attributes:
        position: Which call of this answer; None where the vendor numbers none.
        id: The call's id, where this piece names it.
        name: The tool's name, where this piece names it.
        arguments: The next characters of the arguments, or all of them as a mapping.
        done: Whether the vendor says that the call is complete.
    """

    position: int | None
    id: str | None = None
    name: str | None = None
    arguments: str | Mapping[str, Any] | None = None
    done: bool = False


class Reading:
    """Class attributes are what is said when nothing is said: a reader sets only what is there."""

    text: str = ""
    thinking: str = ""
    refusal: str = ""
    signature: str = ""
    # Thoughts that the vendor hides, to be handed back as they are: text, or bytes.
    redacted: Any = None
    # Which block of the answer a thought is in.
    block: int | None = None
    finish_reasons: list[Any] | None = None
    id: str | None = None
    model: str | None = None
    usage: Any = None
    input_tokens: int | float | None = None
    cached_tokens: int | float | None = None
    output_tokens: int | float | None = None
    cache_write_tokens: int | None = None
    tools: Sequence[ToolDelta] = ()
    # One for each call in `tools`, where the vendor signs calls.
    call_signatures: Sequence[bytes | None] = ()
    # Native tool calls, of whole responses.
    tool_calls: Sequence[Any] = ()
    # Blocks of thinking: the vendor's own of a whole response, `Thought`s of a stream.
    thoughts: Sequence[Any] = ()
    audio: bytes | None = None
    audio_transcript: str | None = None
    audio_id: str | None = None
    cost: float | None = None


def reason_text(reason: Any) -> str:
    """Write a finish reason as the text the vendor's wire has for it."""
    value = getattr(reason, "value", reason)
    return value if isinstance(value, str) else str(getattr(reason, "name", reason))
