"""Where the body of an HTTP/1.1 answer ends, and what it is once unpacked. Pure.

The framing is for the sync driver: to decode all the chunks of one read together costs a tenth of
asking `http.client` for each. What is packed, both drivers unpack here.
"""

from __future__ import annotations

import re
import zlib
from abc import ABC, abstractmethod
from collections.abc import Mapping

from mirascope.llm.transport.http import ConnectionLost

__all__ = ["Body", "ChunkedBody", "Inflater", "SizedBody", "UnsizedBody", "unpacker"]

_MAX_LINE = 16 * 1024  # of a chunk's size with its extensions, and of a trailer
_MAX_SIZES = 64  # that are remembered
_MAX_INFLATED = 1024 * 1024  # bytes inflated at a time
_KNOWN_CODINGS = frozenset({"br", "compress", "x-compress", "zstd", "dcb", "dcz"})
"""Those that are registered and not read here: https://www.iana.org/assignments/http-parameters
(2025-11)."""


class Body(ABC):
    """Tells the content from its framing.

    Attributes:
        done: Whether the end was seen.
        reusable: Whether the connection can carry another request once `done`.
    """

    done: bool = False
    reusable: bool = True

    @abstractmethod
    def feed(self, data: bytes) -> bytes:
        """Return the content in `data`, perhaps nothing.

        Raises:
            ConnectionLost: `data` is not what the framing promises.
        """

    def end(self) -> None:
        """Take note that the connection ended.

        Raises:
            ConnectionLost: That is too early.
        """
        raise ConnectionLost("the connection ended before the answer was whole")


class UnsizedBody(Body):
    """Ends with the connection."""

    reusable: bool = False

    def feed(self, data: bytes) -> bytes:
        """Return `data`."""
        return data

    def end(self) -> None:
        """Accept the end."""
        self.done = True


class SizedBody(Body):
    """Has a ``content-length``."""

    def __init__(self, length: int) -> None:
        self._left = length
        self.done: bool = not length

    def feed(self, data: bytes) -> bytes:
        """Return `data`, without what is beyond the end."""
        if len(data) > self._left:
            data = data[: self._left]
            self.reusable = False
        self._left -= len(data)
        self.done = not self._left
        return data


# What may come where there is no data; of a size's extensions nothing is kept.
_FIRST_SIZE = re.compile(rb"([0-9a-fA-F]{1,16})[ \t]*(?:;[^\n]*)?\r\n").match
_NEXT_SIZE = re.compile(rb"\r\n([0-9a-fA-F]{1,16})[ \t]*(?:;[^\n]*)?\r\n").match
_TRAILER = re.compile(rb"([^\n]*)\r\n").match


class ChunkedBody(Body):
    """Comes in chunks: https://www.rfc-editor.org/rfc/rfc9112#section-7.1 (read 2025-06)."""

    def __init__(self) -> None:
        self._held = b""  # a line that is not whole yet
        self._left = 0  # of the current chunk
        self._expected = _FIRST_SIZE
        self._sizes: dict[bytes, int] = {}  # by their lines, for those seen before

    def feed(self, data: bytes) -> bytes:
        """Return the content of the chunks in `data`, and of the part of one at its end."""
        if self._expected is _FIRST_SIZE and not self._left and not self._held:
            line, _, rest = data.partition(b"\r\n")
            if len(rest) - 2 == self._sizes.get(line) and rest.endswith(b"\r\n"):
                return rest[:-2]  # one chunk, whole: as a model that writes is read
        if self._held:
            data = self._held + data
            self._held = b""
        content: list[bytes] = []
        position = 0
        size = len(data)
        left = self._left
        expected = self._expected
        while position < size:
            if left:
                piece = data[position : position + left]
                content.append(piece)
                position += len(piece)
                left -= len(piece)
                expected = _NEXT_SIZE
                if position + 2 == size and data.endswith(b"\r\n"):  # as most reads end
                    position = size
                    expected = _FIRST_SIZE
                continue
            match = expected(data, position)
            if match is None:
                self._hold(data[position:], expected is _NEXT_SIZE)
                position = size
                break
            position = match.end()
            if expected is _TRAILER:
                if not match[1]:
                    self.done = True
                    break
                continue
            left = int(match[1], 16)
            if not left:
                expected = _TRAILER
            elif len(self._sizes) < _MAX_SIZES:
                self._sizes[match[1]] = left
        self._left = left
        self._expected = expected
        self.reusable = position == size
        return content[0] if len(content) == 1 else b"".join(content)

    def _hold(self, line: bytes, after_data: bool) -> None:
        """Keep a line for when the rest of it comes, unless it can only be wrong."""
        after = line
        if after_data:
            if not b"\r\n".startswith(line[:2]):
                raise ConnectionLost("a chunk of the answer is longer than its size")
            after = line[2:]
        if b"\n" in after:
            raise ConnectionLost("the answer is not chunked as it says")
        if len(line) > _MAX_LINE:
            raise ConnectionLost("a line of the chunked answer is too long")
        self._held = line


_NOTHING = zlib.decompressobj()  # stands for that of a body of which nothing came so far


class Inflater:
    """Undoes ``gzip`` and ``deflate``, giving out what is there at each step."""

    CODINGS = ("gzip", "x-gzip", "deflate")

    def __init__(self, coding: str) -> None:
        """Start at the first byte.

        Args:
            coding: One of `CODINGS`.
        """
        self._gzip = coding != "deflate"
        self._inflate = _NOTHING
        self._held: bytes = b""  # what is still to be unpacked

    @property
    def pending(self) -> bool:
        """Whether `feed(b"")` would give more."""
        return self._inflate is not _NOTHING and bool(self._held)

    def feed(self, data: bytes) -> bytes:
        """Return what `data` unpacks to, at most a mebibyte at a time.

        Raises:
            ConnectionLost: It is not packed as the answer says.
        """
        data = self._held + data
        self._held = b""
        while data:
            inflate = self._inflate
            if inflate is _NOTHING and not self._gzip and len(data) < 2:
                self._held = data
                break
            if inflate.eof:
                # Of gzip, more may follow, or padding: https://www.rfc-editor.org/rfc/rfc1952#section-2.2
                data = data.lstrip(b"\0") if self._gzip else b""
                inflate = _NOTHING
                if not data:
                    break
            if inflate is _NOTHING:
                bits = zlib.MAX_WBITS | 16 if self._gzip else _deflate_bits(data)
                inflate = self._inflate = zlib.decompressobj(bits)
            try:
                content: bytes = inflate.decompress(data, _MAX_INFLATED)
            except zlib.error as error:
                raise ConnectionLost("the compressed answer is damaged") from error
            rest: bytes = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
            data = rest
            if content:
                self._held = data
                return content
        return b""

    def end(self) -> None:
        """Take note that the body ended.

        Raises:
            ConnectionLost: That is too early.
        """
        if self._held or not (self._inflate is _NOTHING or self._inflate.eof):
            raise ConnectionLost("the answer ended before it was unpacked")


def unpacker(answer: Mapping[str, str], request: Mapping[str, str]) -> Inflater | None:
    """Return what unpacks a body, for there are servers that pack unasked; None to leave it.

    Args:
        answer: Its headers.
        request: The headers of the request; who asks for a coding gets what comes in others.

    Raises:
        ConnectionLost: It is packed in some other way, and nobody asked.
    """
    coding = answer.get("content-encoding", "").strip().lower()
    if coding in Inflater.CODINGS:
        return Inflater(coding)
    if coding not in ("", "identity") and request.get("accept-encoding") == "identity":
        named = f": {coding}" if coding in _KNOWN_CODINGS else ""  # a header may echo anything
        raise ConnectionLost(f"the answer is compressed in a way that was not asked for{named}")
    return None


def _deflate_bits(data: bytes) -> int:
    """Tell the zlib format from bare deflate, which some servers send under the same name.

    The first two bytes of the former are a multiple of 31 and name the method 8:
    https://www.rfc-editor.org/rfc/rfc1950#section-2.2 (read 2025-06).
    """
    zlib_header = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
    return zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS
