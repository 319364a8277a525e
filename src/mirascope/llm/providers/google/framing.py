"""Server-sent events, and the JSON that the vendor sends in their place."""

from __future__ import annotations

from mirascope._wire.errors import FrameTooLarge
from mirascope._wire.lines import DEFAULT_MAX_EVENT_BYTES
from mirascope._wire.sse import SSE

__all__ = ["SSEOrJSON"]


class SSEOrJSON:
    """Framing of ``text/event-stream`` that may hold, or turn into, plain JSON.

    Errors are sent as pretty-printed JSON under the content type of a stream, also in the middle
    of one, and without ``alt=sse`` the whole stream is a JSON array. No line of server-sent events
    begins with a bracket, so from the first such line on everything is one last event.
    """

    def __init__(self, max_event_bytes: int = DEFAULT_MAX_EVENT_BYTES) -> None:
        """Start at the first byte; no event may be longer than `max_event_bytes`."""
        self._max = max_event_bytes
        self._sse = SSE(max_event_bytes)
        self._at_line_start = True
        self._json: list[bytes] = []
        self._json_size = 0

    def feed(self, data: bytes) -> list[tuple[str, bytes]]:
        """Return the events that `data` completes.

        Raises:
            FrameTooLarge: An event is longer than allowed.
        """
        if not data:
            return []
        start = 0 if self._json else self._json_start(data)
        if start < 0:
            self._at_line_start = data[-1] in b"\r\n"
            return self._sse.feed(data)
        self._json_size += len(data) - start
        if self._json_size > self._max:
            raise FrameTooLarge(self._max)
        self._json.append(data[start:])
        return self._sse.feed(data[:start]) if start else []

    def close(self) -> list[tuple[str, bytes]]:
        """Return what the end of the bytes completes."""
        events = self._sse.close()
        if self._json:
            events.append(("", b"".join(self._json).strip()))
        return events

    def _json_start(self, data: bytes) -> int:
        """Return where JSON begins, or -1."""
        if self._at_line_start and data[0] in b"{[":
            return 0
        starts = [data.find(b"\n{"), data.find(b"\n[")]
        return min((start for start in starts if start >= 0), default=-2) + 1
