r"""AWS event streams, from bytes to (name, payload).

As in https://smithy.io/2.0/aws/amazon-eventstream.html (read 2026-01). A frame is, numbers in
network order::

    4 bytes  length of the frame       \
    4 bytes  length of the headers      } the prelude
    4 bytes  CRC32 of the 8 bytes above /
    headers  each: 1 byte length of the name, the name, 1 byte type, the value
    payload
    4 bytes  CRC32 of all of the above

Both checksums are checked, the first before its lengths are believed. An event has the name that it
has on the wire; an exception is called ``exception:<type>``, and an error that the service did not
mean to send ``error:<code>``, with the message as its payload. Names on the wire hold no colon.
"""

from __future__ import annotations

import struct
from typing import NoReturn
from zlib import crc32

from mirascope._wire.errors import FrameError, FrameTooLarge
from mirascope._wire.lines import DEFAULT_MAX_EVENT_BYTES

__all__ = ["MAX_HEADER_BYTES", "EventStream"]

MAX_HEADER_BYTES = 128 * 1024
"""The standard allows no longer headers of a frame."""

_PRELUDE = struct.Struct("!III")
_CRC = struct.Struct("!I")
_FRAME = _PRELUDE.size + _CRC.size
"""What a frame has beside headers and payload, in bytes."""
_LENGTH = struct.Struct("!H")
_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""The types of fixed length: true, false, byte, short, integer, long, timestamp, UUID."""
_BYTES, _STRING = 6, 7
_MAX_NAMES = 64


class EventStream:
    """Framing of ``application/vnd.amazon.eventstream``.

    Unfinished frames are kept in pieces and joined once they are whole, so a frame costs what its
    length is, however it arrives. What comes before a broken frame is delivered, wherever the bytes
    are cut: the error is raised by the next call. After it, the framing is of no further use.
    """

    def __init__(self, max_event_bytes: int = DEFAULT_MAX_EVENT_BYTES) -> None:
        """Start at the first byte.

        Args:
            max_event_bytes: Greatest length of a payload.
        """
        if max_event_bytes < 1:
            raise ValueError(f"max_event_bytes must be at least 1, got {max_event_bytes}")
        self._max = max_event_bytes
        self._pieces: list[bytes] = []  # of the frame that has not ended yet
        self._size = 0
        self._needed = _PRELUDE.size  # how much of it has to be there to go on
        self._broken: FrameError | None = None
        self._names: dict[bytes, str] = {}  # by their headers, for those seen before

    def feed(self, data: bytes) -> list[tuple[str, bytes]]:
        """Return the events that `data` completes.

        Raises:
            FrameTooLarge: A payload is longer than allowed.
            FrameError: A checksum is wrong, or a frame is not made as the standard says.
        """
        self._raise_broken()
        if self._pieces:
            self._pieces.append(data)
            self._size += len(data)
            if self._size < self._needed:
                return []
            data = b"".join(self._pieces)
            self._pieces.clear()
        events: list[tuple[str, bytes]] = []
        try:
            rest = self._frames(data, events)
        except FrameError as error:
            self._broken = error
            if not events:
                raise
            return events
        if rest:
            self._pieces.append(rest)
            self._size = len(rest)
        return events

    def close(self) -> list[tuple[str, bytes]]:
        """Return nothing: a frame that the end of the bytes cuts short is none.

        Raises:
            FrameError: What came last was broken; see `feed`.
        """
        self._raise_broken()
        return []

    def _raise_broken(self) -> None:
        if self._broken is not None:
            raise self._broken

    def _frames(self, data: bytes, events: list[tuple[str, bytes]]) -> bytes:
        """Append the events of all whole frames, and return what comes after them."""
        start, end = 0, len(data)
        while end - start >= _PRELUDE.size:
            length, header_length, checksum = _PRELUDE.unpack_from(data, start)
            if crc32(data[start : start + 8]) != checksum:
                _fail("the checksum of a frame's beginning is wrong")
            size = length - header_length - _FRAME
            if header_length > MAX_HEADER_BYTES or size < 0:
                _fail("the lengths that a frame says it has cannot be")
            if size > self._max:
                raise FrameTooLarge(self._max)
            if end - start < length:
                self._needed = length
                return data[start:]
            payload = start + _PRELUDE.size + header_length
            after = payload + size
            if crc32(data[start:after]) != _CRC.unpack_from(data, after)[0]:
                _fail("the checksum of a frame is wrong")
            headers = data[start + _PRELUDE.size : payload]
            name = self._names.get(headers)
            if name is not None:
                events.append((name, data[payload:after]))
            else:
                events.append(self._event(headers, data[payload:after]))
            start = after + _CRC.size
        self._needed = _PRELUDE.size
        return data[start:]

    def _event(self, headers: bytes, payload: bytes) -> tuple[str, bytes]:
        """Return the event of a frame whose headers were not seen before."""
        said = _headers(headers)
        match said.get(":message-type", "event"):
            case "exception":
                return f"exception:{said.get(':exception-type', '')}", payload
            case "error":
                return f"error:{said.get(':error-code', '')}", said.get(
                    ":error-message", ""
                ).encode()
            case _:
                name = said.get(":event-type", "")
        if len(self._names) < _MAX_NAMES:
            self._names[headers] = name
        return name, payload


def _headers(data: bytes) -> dict[str, str]:
    """Return the headers of a frame that are strings, by name.

    Raises:
        FrameError: They do not fill their room, one comes twice, or is of an unknown type.
    """
    names: set[str] = set()
    found: dict[str, str] = {}
    place = 0

    def take(size: int) -> bytes:
        nonlocal place
        place += size
        if place > len(data):
            _fail("a header of a frame is cut off")
        return data[place - size : place]

    while place < len(data):
        try:
            name = str(take(take(1)[0]), "utf-8")
            kind = take(1)[0]
            if kind in (_BYTES, _STRING):
                value = take(_LENGTH.unpack(take(_LENGTH.size))[0])
                if kind == _STRING:
                    found[name] = str(value, "utf-8")
            elif kind in _SIZES:
                take(_SIZES[kind])
            else:
                _fail("a header of a frame is of no known type")
        except UnicodeDecodeError:
            # Its text would hold the bytes.
            raise FrameError(_NOT_THE_FRAMING.format("a header of a frame is no text")) from None
        if name in names:
            _fail("a frame has a header twice")
        names.add(name)
    return found


_NOT_THE_FRAMING = "the stream is not in AWS's event-stream framing, or was damaged: {}"


def _fail(what: str) -> NoReturn:
    raise FrameError(_NOT_THE_FRAMING.format(what))
