"""AWS event streams against botocore's own parser, which is the vendor's.

`FUZZ_ITERATIONS=100000 pytest tests/property/test_eventstream.py` is the long run.
"""

from __future__ import annotations

import itertools
import os
import random
import struct
from binascii import crc32

import pytest

from mirascope._wire.errors import FrameError
from mirascope._wire.eventstream import EventStream
from tests.event_frames import event, exception, frame, header

botocore = pytest.importorskip("botocore.eventstream")

FUZZ_ITERATIONS = int(os.environ.get("FUZZ_ITERATIONS", "3000"))
_KINDS = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 6: None, 7: None, 8: 8, 9: 16}

LARGEST = 24 * 1024 * 1024
"""The longest payload that the vendor's parser takes."""

Outcome = tuple[list[tuple[str, bytes]], bool]


class Careful(botocore.EventStreamHeaderParser):  # type: ignore[misc]  # it has no types
    """The vendor's, but that the last header may not be longer than all of them."""

    def _advance_data(self, consumed: int) -> None:
        if consumed > len(self._data):
            raise botocore.ParserError
        super()._advance_data(consumed)


def theirs(data: bytes) -> Outcome:
    parser = botocore.EventStreamBuffer()
    parser._header_parser = Careful()
    parser.add_data(data)
    found: list[tuple[str, bytes]] = []
    try:
        for message in parser:
            found.append(named(message))
    except (botocore.ParserError, UnicodeDecodeError, KeyError, struct.error, IndexError):
        return found, True
    return found, False


def named(message: object) -> tuple[str, bytes]:
    headers: dict[str, object] = message.headers  # type: ignore[attr-defined]
    texts = {key: value for key, value in headers.items() if isinstance(value, str)}
    match texts.get(":message-type"):
        case "exception":
            name = f"exception:{texts.get(':exception-type', '')}"
        case "error":
            message_ = texts.get(":error-message", "").encode()
            return f"error:{texts.get(':error-code', '')}", message_
        case _:
            name = texts.get(":event-type", "")
    return name, message.payload  # type: ignore[attr-defined]


def ours(parts: list[bytes]) -> Outcome:
    framing = EventStream(LARGEST)
    found: list[tuple[str, bytes]] = []
    try:
        for part in parts:
            found += framing.feed(part)
        found += framing.close()
    except FrameError:
        return found, True
    return found, False


def some_headers(rng: random.Random) -> bytes:
    out = b""
    for _ in range(rng.randint(0, 4)):
        name = rng.choice([":event-type", ":message-type", ":exception-type", "a", "é", ""])
        kind = rng.choice(list(_KINDS))
        size = _KINDS[kind]
        value = rng.randbytes(rng.randint(0, 9) if size is None else size)
        if kind == 7:
            value = rng.choice([b"event", b"exception", b"error", b"x", b"", b"\xff"])
        out += header(name, value, kind)
    return out


def some_frame(rng: random.Random) -> bytes:
    match rng.randrange(4):
        case 0:
            return event(rng.choice(["chunk", "metadata"]), rng.randbytes(rng.randint(0, 40)))
        case 1:
            return exception("throttlingException", "Slow.")
        case 2:
            return frame(some_headers(rng), rng.randbytes(rng.randint(0, 20)))
        case _:  # damaged, with checksums that are right
            headers = bytearray(some_headers(rng) or b"\1a\0")
            headers[rng.randrange(len(headers))] = rng.randrange(256)
            return frame(bytes(headers), b"{}")


def damaged(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(out) + 1)
        match rng.randrange(5):
            case 0:
                del out[place : place + rng.randint(1, 20)]
            case 1:
                out[place:place] = rng.randbytes(rng.randint(1, 5))
            case 2:
                out[place : place + 1] = bytes([rng.randrange(256)])
            case 3:
                del out[place:]
            case _:  # other lengths, with a checksum that is right
                length, headers = struct.unpack("!II", bytes(out[:8]).ljust(8, b"\0"))
                # Those that cannot be, the vendor's parser does not look at.
                length = max((length + rng.randint(-20, 20)) % 2**32, headers + 16)
                numbers = struct.pack("!II", min(length, 2**32 - 1), headers)
                out[:12] = numbers + struct.pack("!I", crc32(numbers))
    return bytes(out)


@pytest.mark.fuzz
def test_damage_is_what_the_vendors_parser_calls_so() -> None:
    rng = random.Random(21)
    failed = 0
    for _ in range(FUZZ_ITERATIONS):
        data = b"".join(some_frame(rng) for _ in range(rng.randint(1, 4)))
        if rng.random() < 0.7:
            data = damaged(data, rng)
        expected = theirs(data)
        edges = [0, *sorted(rng.randint(0, len(data)) for _ in range(rng.randint(0, 6))), len(data)]
        assert ours([data]) == expected
        assert ours([data[a:b] for a, b in itertools.pairwise(edges)]) == expected
        failed += expected[1]
    assert FUZZ_ITERATIONS / 10 < failed < FUZZ_ITERATIONS
