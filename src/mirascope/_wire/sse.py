"""Server-sent events, from bytes to (name, payload).

As in https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
(read 2025-06), with one difference: the last event is delivered even if the blank line after it is
missing, because some servers end their streams that way. ``id`` and ``retry`` mean nothing for an
answer that cannot be resumed and are ignored.
"""

from __future__ import annotations

from mirascope._wire.errors import FrameTooLarge
from mirascope._wire.lines import DEFAULT_MAX_EVENT_BYTES, LineBuffer

__all__ = ["SSE"]

_MAX_NAMES = 64


class SSE(LineBuffer):
    """Framing of ``text/event-stream``.

    An event whose payload is not known to be UTF-8 is passed on as it is; its name is decoded,
    invalid bytes replaced.
    """

    def __init__(self, max_event_bytes: int = DEFAULT_MAX_EVENT_BYTES) -> None:
        """Start at the first byte; see `LineBuffer`."""
        super().__init__(max_event_bytes)
        self._name = ""  # of the event that has not ended yet
        self._data: list[bytes] = []
        self._data_size = 0
        self._names: dict[bytes, str] = {}  # by their lines, for those seen before

    def feed(self, data: bytes) -> list[tuple[str, bytes]]:
        """Return the events that `data` completes.

        Raises:
            FrameTooLarge: A line, or the payload of an event, is longer than allowed.
        """
        limit = self._max
        events: list[tuple[str, bytes]] = []
        if len(data) > limit:  # so that only what is carried over needs to be measured
            for start in range(0, len(data), limit):
                events += self.feed(data[start : start + limit])
            return events

        if not self._clean or b"\r" in data:
            data = self._lines(data)
        if self._data or self._name:
            data = self._finish(data, events)
        names = self._names
        blocks = data.split(b"\n\n")
        tail = blocks.pop()
        for block in blocks:
            # The two shapes nearly every vendor sends; everything else goes line by line.
            if block[:6] == b"data: ":
                if 10 not in block:  # no LF; five times as fast as looking for b"\n"
                    events.append(("", block[6:]))
                    continue
            else:
                first, _, rest = block.partition(b"\n")
                if first in names and rest[:6] == b"data: " and 10 not in rest:
                    events.append((names[first], rest[6:]))
                    continue
            self._fields(block)
            self._dispatch(events)
        if tail:
            end = tail.rfind(b"\n")
            if end >= 0:
                self._fields(tail[:end])
            self._hold(tail[end + 1 :])
        return events

    def close(self) -> list[tuple[str, bytes]]:
        """Return the event that the end of the bytes completes, if there is one."""
        events: list[tuple[str, bytes]] = []
        self._fields(self._rest())
        self._dispatch(events)
        return events

    def _finish(self, data: bytes, events: list[tuple[str, bytes]]) -> bytes:
        """Read the open event up to its end, and return what comes after."""
        if data[:1] == b"\n":
            self._dispatch(events)
            return data[1:]
        end = data.find(b"\n\n")
        if end < 0:
            return data
        self._fields(data[:end])
        self._dispatch(events)
        return data[end + 2 :]

    def _fields(self, lines: bytes) -> None:
        """Read the lines of one event; empty ones can only be before it and don't count."""
        for line in lines.split(b"\n"):
            name, _, value = line.partition(b":")
            if name == b"data":
                value = value.removeprefix(b" ")
                self._data_size += len(value) + bool(self._data)
                if self._data_size > self._max:
                    raise FrameTooLarge(self._max)
                self._data.append(value)
            elif name == b"event":
                self._name = str(value.removeprefix(b" "), "utf-8", "replace")
                if len(self._names) < _MAX_NAMES:
                    self._names[line] = self._name

    def _dispatch(self, events: list[tuple[str, bytes]]) -> None:
        """Append the event that a blank line ended, unless it has no data."""
        if self._data:
            events.append((self._name, b"\n".join(self._data)))
            self._data = []
            self._data_size = 0
        self._name = ""
