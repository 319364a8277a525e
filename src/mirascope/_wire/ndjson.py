"""One JSON value a line, from bytes to lines."""

from __future__ import annotations

from mirascope._wire.lines import LineBuffer

__all__ = ["NDJSON"]


class NDJSON(LineBuffer):
    """Framing of ``application/x-ndjson`` and JSON lines; its events have no name."""

    def feed(self, data: bytes) -> list[tuple[str, bytes]]:
        """Return the lines that `data` completes, blank ones left out.

        Raises:
            FrameTooLarge: A line is longer than allowed.
        """
        if len(data) > self._max:  # so that only what is carried over needs to be measured
            events: list[tuple[str, bytes]] = []
            for start in range(0, len(data), self._max):
                events += self.feed(data[start : start + self._max])
            return events
        if not self._clean or b"\r" in data:
            data = self._lines(data)
        lines = data.split(b"\n")
        tail = lines.pop()
        if tail:
            self._hold(tail)
        return [("", line) for line in lines if line and not line.isspace()]

    def close(self) -> list[tuple[str, bytes]]:
        """Return the last line, where no line end follows it."""
        line = self._rest()
        return [("", line)] if line and not line.isspace() else []
