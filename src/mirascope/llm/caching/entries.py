"""What a store keeps of an answer: its events, as JSON, and when it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import msgspec

from mirascope.llm.content.envelope import Envelope
from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.responses.chunks import (
    AnswerEnd,
    Event,
    FromCache,
    RawStreamEventChunk,
    StreamResponseChunk,
)
from mirascope.llm.responses.event_json import load_event
from mirascope.llm.responses.fold import fold
from mirascope.llm.responses.rate_limits import RateLimits
from mirascope.llm.types.jsonable import plain

__all__ = ["Entry", "dump_entry", "load_entry"]

_ENVELOPE = Envelope(what="a cached answer", version=1, kinds=("answer",), newer="This answer was")


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer that is kept."""

    stored: float
    """When it was asked for, in seconds since the epoch."""
    events: Sequence[Event]


def dump_entry(events: Sequence[Event | StreamResponseChunk], stored: float) -> bytes | None:
    """Return an answer as a store keeps it.

    What was tried for it is left out, what was left of limits then, and what an attempt that failed
    had brought.

    Args:
        events: All of the answer, up to its proper end.
        stored: When it was asked for, in seconds since the epoch.

    Returns:
        The bytes; None when it did not complete, or holds what has no JSON form.
    """
    kept: list[object] = []
    try:
        for event in events:
            if isinstance(event, Attempt):
                if event.discards:
                    kept = []
            elif isinstance(event, AnswerEnd):
                return None  # a layer below has ended it, and is read on nevertheless
            elif not isinstance(event, (FromCache, RateLimits, RawStreamEventChunk)):
                kept.append(plain(msgspec.to_builtins(event, enc_hook=plain), whole=True))
        return _ENVELOPE.seal("answer", {"stored": stored, "events": kept}).encode()
    except (RecursionError, TypeError, ValueError):
        return None


def load_entry(data: bytes) -> Entry | None:
    """Return the answer that `dump_entry` wrote; None when it is something else."""
    try:
        body = _ENVELOPE.unseal(data)
        stored, events = body.get("stored"), body.get("events")
        if type(stored) not in (int, float) or not isinstance(events, list):
            return None
        loaded = [load_event(event) for event in cast("Sequence[object]", events)]
        whole = not fold(loaded).ended  # the end is said by whoever replays them
    except (ValueError, TypeError, RuntimeError):  # the last: they do not fit together
        return None
    return Entry(cast("float", stored), loaded) if whole else None
