"""What an answer is on a wire: its events, its whole body, and where it may end."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from attack.http import EVENTS

__all__ = ["NOTHING", "Answer", "Event", "Wire", "dumps", "sse"]

NOTHING = (
    b": x\n\n",
    b'event: ping\ndata: {"type":"ping"}\n\n',
    b'event: new.thing\ndata: {"type":"new.thing"}\n\n',
    b"data: {}\n\n",
    b"id: 7\nretry: 5\n\n",
    b"\n",
)


def sse(name: str, data: bytes) -> bytes:
    """Return a server-sent event."""
    return (b"event: %s\n" % name.encode() if name else b"") + b"data: %s\n\n" % data


@dataclass(frozen=True)
class Event:
    """One event of a stream."""

    name: str
    """The SSE name; empty where the wire has none."""
    document: Any
    """Its JSON, or bytes where it is none."""
    text: str = ""
    """What it adds to the answer's text."""
    write: Callable[[str, bytes], bytes] = sse
    """How the wire frames it: its name and its payload."""

    @property
    def data(self) -> bytes:
        """The payload."""
        return self.document if isinstance(self.document, bytes) else dumps(self.document)

    @property
    def frame(self) -> bytes:
        """The event as bytes of the wire."""
        return self.write(self.name, self.data)


@dataclass(frozen=True)
class Answer:
    """One answer, in both forms."""

    events: Sequence[Event]
    whole: Any
    may: int
    """The first event from which on an answer may count as whole."""
    must: int
    """The event after which it does."""

    @property
    def text(self) -> str:
        """The text of the answer."""
        return "".join(event.text for event in self.events)

    def text_of(self, count: int) -> str:
        """Return the text in the first `count` bytes of the stream, by whole events."""
        found: list[str] = []
        for event in self.events:
            count -= len(event.frame)
            if count < 0:
                break
            found.append(event.text)
        return "".join(found)

    def until(self, event: int) -> int:
        """Return where the stream's event with this number ends."""
        return sum(len(one.frame) for one in self.events[: event + 1])


@dataclass(frozen=True)
class Wire:
    """One wire: who speaks it, and how it answers."""

    name: str
    provider: str
    model: str
    header: str
    """Where the key travels."""
    plain: Callable[[Sequence[str]], Answer]
    """Return the answer whose text comes in these pieces."""
    rich: Callable[[], Answer]
    """Return an answer with a thought, a text and two tool calls."""
    error: Callable[[Any, str], Any]
    """Return the body of an error with this message and code."""
    fails: Callable[[bytes], bytes]
    """Return the event of a stream that fails with this body of an error."""
    kind: str = EVENTS
    """The content type of its streams."""
    nothing: Sequence[bytes] = NOTHING
    """Events that say nothing."""
    endless: bytes = b'data: {"x":"'
    """How an event begins that is larger than any is allowed to be."""


def dumps(document: object) -> bytes:
    """Return JSON as most servers write it; lone surrogates stay escaped."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(document, separators=(",", ":")).encode()
