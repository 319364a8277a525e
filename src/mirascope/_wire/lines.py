"""What line-based framings share: where lines end, and lines that arrive in pieces."""

from __future__ import annotations

import re

from mirascope._wire.errors import FrameTooLarge

__all__ = ["DEFAULT_MAX_EVENT_BYTES", "LineBuffer"]

DEFAULT_MAX_EVENT_BYTES = 64 * 1024 * 1024
"""Room for a few large images in base64."""

_LONE_CR = re.compile(rb"\r(?!\n)").search
_BOM = b"\xef\xbb\xbf"


class LineBuffer:
    """Turns any cut of the bytes into whole lines that end in LF.

    A line ends at LF, CR or CRLF. Pieces of an unfinished line are kept apart and joined once, so
    that a long line arriving in small reads costs what its length is, not its square. After a
    `FrameTooLarge` it is of no further use.
    """

    def __init__(self, max_event_bytes: int = DEFAULT_MAX_EVENT_BYTES) -> None:
        """Start at the first byte.

        Args:
            max_event_bytes: Greatest length of a line, and of an event's payload.
        """
        if max_event_bytes < 1:
            raise ValueError(f"max_event_bytes must be at least 1, got {max_event_bytes}")
        self._max = max_event_bytes
        self._start: bytes | None = b""  # the first bytes, while they may be a byte order mark
        self._after_cr = False
        self._pieces: list[bytes] = []  # of the line that has not ended yet
        self._size = 0
        self._clean = False  # at the start of a line, and nothing of the above is pending

    def _lines(self, data: bytes) -> bytes:
        """Return the lines that `data` completes, and perhaps the start of one more.

        The result starts at the start of a line; it is empty where nothing was completed. The
        caller gives the unfinished line at its end back to `_hold`. `data` must not be longer than
        the limit: then no line but the first can be. Where `_clean` is set and there is no CR in
        `data`, the result is `data` and the call can be saved.
        """
        if self._start is not None:
            data = self._skip_mark(data)
        if self._after_cr and data:
            self._after_cr = False
            if data[0] == 0x0A:
                data = data[1:]
        if b"\r" in data:
            self._after_cr = data[-1] == 0x0D
            if _LONE_CR(data):
                data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            else:  # twice as fast, and Google ends every line in CRLF
                data = data.replace(b"\r", b"")
        if not self._pieces:
            self._clean = self._start is None and not self._after_cr
            return data
        end = data.find(b"\n")
        if end < 0:
            self._hold(data)
            return b""
        if self._size + end > self._max:
            raise FrameTooLarge(self._max)
        self._pieces.append(data)
        data = b"".join(self._pieces)
        self._pieces.clear()
        self._size = 0
        self._clean = not self._after_cr
        return data

    def _hold(self, piece: bytes) -> None:
        """Keep a piece of an unfinished line."""
        if piece:
            self._size += len(piece)
            if self._size > self._max:
                raise FrameTooLarge(self._max)
            self._pieces.append(piece)
            self._clean = False

    def _rest(self) -> bytes:
        """Return the line that the end of the bytes finishes."""
        line = (self._start or b"") + b"".join(self._pieces)
        self._start = None
        self._pieces.clear()
        self._size = 0
        return line

    def _skip_mark(self, data: bytes) -> bytes:
        seen = self._start or b""
        whole = seen + data
        if len(whole) < len(_BOM) and _BOM.startswith(whole):
            self._start = whole
            return b""
        self._start = None
        if whole.startswith(_BOM):
            return whole[len(_BOM) :]
        self._hold(seen)
        return data
