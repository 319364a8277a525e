"""What one chunk, or one whole response, says: read once, used by everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol

from .types import FinishReason, Usage

__all__ = ["Reading", "Reasons", "ToolDelta", "common_reasons", "common_usage", "reason_text"]


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


class Reasons(Protocol):
    """Who knows the common names of a vendor's finish reasons."""

    reasons: ClassVar[Mapping[str, FinishReason]]


def common_reasons(
    reasons: Sequence[Any] | None, vendor: Reasons | None
) -> list[FinishReason] | None:
    """Translate finish reasons; those without a common name are dropped."""
    names: Mapping[str, FinishReason] = vendor.reasons if vendor else {}
    texts = [reason_text(reason) for reason in reasons or ()]
    return [names[text] for text in texts if text in names] or None


def common_usage(
    input_tokens: int | float | None,
    cached_tokens: int | float | None,
    output_tokens: int | float | None,
) -> Usage | None:
    """Put token counts under common names; None when none is known."""
    if input_tokens is None and cached_tokens is None and output_tokens is None:
        return None
    return Usage(
        input_tokens=int(input_tokens or 0),
        cached_tokens=int(cached_tokens or 0),
        output_tokens=int(output_tokens or 0),
        total_tokens=int((input_tokens or 0) + (output_tokens or 0)),
    )


def reason_text(reason: Any) -> str:
    """Write a finish reason as the text the vendor's wire has for it."""
    value = getattr(reason, "value", reason)
    return value if isinstance(value, str) else str(getattr(reason, "name", reason))
