"""AWS event streams: one case a rule of the framing, and what is not one of its frames."""

from __future__ import annotations

import csv
import itertools
import struct
from binascii import crc32
from pathlib import Path

import pytest

from mirascope._wire.errors import FrameError, FrameTooLarge
from mirascope._wire.eventstream import MAX_HEADER_BYTES, EventStream
from tests.event_frames import event, exception, frame, header
from tests.linear import LINEAR, growth

RECORDINGS = Path(__file__).parents[2] / "../shared/wire"
EVENT = header(":message-type", "event")
ERROR = header(":message-type", "error")

CASES = {
    "one": (event("chunk", b"{}"), [("chunk", b"{}")]),
    "several": (
        event("a", b"1") + event("a", b"2") + event("b", b"3"),
        [("a", b"1"), ("a", b"2"), ("b", b"3")],
    ),
    "no payload": (event("a", b""), [("a", b"")]),
    "no headers": (frame(b"", b"x"), [("", b"x")]),
    "payload is not text": (event("a", b"\xff\0"), [("a", b"\xff\0")]),
    "exception": (
        exception("throttlingException", "Slow."),
        [("exception:throttlingException", b'{"message": "Slow."}')],
    ),
    "error": (
        frame(ERROR + header(":error-code", "500") + header(":error-message", "Oh."), b"ignored"),
        [("error:500", b"Oh.")],
    ),
    "error without words": (frame(ERROR), [("error:", b"")]),
    "of a kind not known": (
        frame(header(":message-type", "other") + header(":event-type", "a"), b"x"),
        [("a", b"x")],
    ),
    "headers of every type": (
        frame(
            header("t", b"", 0)
            + header("f", b"", 1)
            + header("b", b"1", 2)
            + header("s", b"12", 3)
            + header("i", b"1234", 4)
            + header("l", b"12345678", 5)
            + header("y", b"\xff", 6)
            + header("d", b"12345678", 8)
            + header("u", b"1" * 16, 9)
            + EVENT
            + header(":event-type", "é"),
            b"x",
        ),
        [("é", b"x")],
    ),
    "a name that is no string": (
        frame(EVENT + header(":event-type", b"1234", 4), b"x"),
        [("", b"x")],
    ),
    "headers as long as may be": (
        frame(EVENT + header("a", "x" * 65535) + header("b", "x" * 65000), b"x"),
        [("", b"x")],
    ),
    "the end is cut": (event("a", b"1") + event("b", b"2")[:-1], [("a", b"1")]),
    "the prelude is cut": (event("a", b"1") + b"\0\0\0", [("a", b"1")]),
    "nothing": (b"", []),
}


def run(parts: list[bytes], limit: int = 1 << 20) -> list[tuple[str, bytes]]:
    framing = EventStream(limit)
    return [found for part in parts for found in framing.feed(part)] + framing.close()


def outcome(parts: list[bytes], limit: int = 1 << 20) -> tuple[list[tuple[str, bytes]], str]:
    """Return the events, and what is wrong with the rest."""
    framing = EventStream(limit)
    found: list[tuple[str, bytes]] = []
    try:
        for part in parts:
            found += framing.feed(part)
        found += framing.close()
    except FrameError as error:
        return found, str(error)
    return found, ""


@pytest.mark.parametrize("case", CASES)
def test_cases(case: str) -> None:
    data, expected = CASES[case]
    assert run([data]) == expected
    for size in (1, 2, 3, 7, 11):
        assert run([data[n : n + size] for n in range(0, len(data), size)]) == expected


@pytest.mark.parametrize("case", CASES)
def test_every_cut_in_two(case: str) -> None:
    data, expected = CASES[case]
    for cut in range(0, len(data), max(1, len(data) // 500)):
        assert run([data[:cut], data[cut:]]) == expected


def prelude(length: int, headers: int) -> bytes:
    numbers = struct.pack("!II", length, headers)
    return numbers + struct.pack("!I", crc32(numbers))


BROKEN = {
    "beginning's checksum": (
        b"\0\0\0\x11" + event("a", b"x")[4:],
        "checksum of a frame's beginning",
    ),
    "checksum": (event("a", b"x")[:-1] + b"\0", "checksum of a frame is"),
    "payload": (event("a", b"xyz").replace(b"xyz", b"xyZ"), "checksum of a frame is"),
    "not a frame": (b'{"message": "Internal server error"}', "not in AWS's event-stream framing"),
    "a page": (b"<!DOCTYPE html><title>502</title>", "not in AWS's event-stream framing"),
    "server-sent events": (b"event: x\ndata: {}\n\n", "not in AWS's event-stream framing"),
    "shorter than its ends": (prelude(15, 0) + b"abc", "lengths"),
    "headers longer than the frame": (prelude(20, 5) + b"a" * 8, "lengths"),
    "headers too long": (prelude(1 << 20, MAX_HEADER_BYTES + 1), "lengths"),
    "header twice": (frame(EVENT + EVENT), "twice"),
    "header twice, of two types": (frame(EVENT + header(":message-type", b"", 0)), "twice"),
    "header cut off": (frame(EVENT[:-1]), "cut off"),
    "header's name cut off": (frame(b"\x05ab"), "cut off"),
    "header's length cut off": (frame(b"\x01a\x07\0"), "cut off"),
    "header without a type": (frame(b"\x01a"), "cut off"),
    "header of a type not known": (frame(header("a", b"", 10)), "no known type"),
    "header's name not text": (frame(header(b"\xff", "secret")), "no text"),
    "header not text": (frame(header("a", b"\xff", 7)), "no text"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_frames(case: str) -> None:
    data, message = BROKEN[case]
    good = event("a", b"1")
    events, error = outcome([good + data])
    assert events == [("a", b"1")]
    assert message in error
    assert "secret" not in error
    for cut in range(len(good + data)):
        assert outcome([(good + data)[:cut], (good + data)[cut:]]) == (events, error)


def test_a_broken_stream_stays_broken() -> None:
    framing = EventStream()
    assert framing.feed(event("a", b"1") + b"nonsense that is long enough") == [("a", b"1")]
    for _ in range(2):
        with pytest.raises(FrameError, match="checksum"):
            framing.feed(event("a", b"2"))
        with pytest.raises(FrameError, match="checksum"):
            framing.close()


def test_the_limit_is_of_the_payload_and_known_from_the_prelude() -> None:
    assert run([event("a", b"x" * 10)], limit=10) == [("a", b"x" * 10)]
    for cut in range(12, 40):
        with pytest.raises(FrameTooLarge, match="longer than 10 bytes"):
            run([event("a", b"x" * 11)[:cut]], limit=10)
    with pytest.raises(FrameTooLarge):
        EventStream().feed(prelude(0xFFFFFFFF, 0))
    with pytest.raises(ValueError, match="at least 1"):
        EventStream(0)


def test_names_are_not_kept_without_end() -> None:
    names = [f"n{number}" for number in range(200)]
    data = b"".join(event(name, b"x") for name in names)
    assert [name for name, _ in run([data, data])] == names * 2


@pytest.mark.parametrize("size", [1, 7, 4096], ids="in pieces of {}".format)
def test_time_is_linear_in_a_frame_and_in_frames(size: int) -> None:
    def one(n: int) -> object:
        data = event("a", b"x" * n)
        pieces = [data[start : start + size] for start in range(0, len(data), size)]
        return lambda: run(pieces, 1 << 30)

    def many(n: int) -> object:
        data = event("a", b"x") * (n // 80)
        pieces = [data[start : start + size] for start in range(0, len(data), size)]
        return lambda: run(pieces)

    n = 40_000 * min(size, 50)
    assert growth(one, n) < LINEAR  # type: ignore[arg-type]  # what is returned is called
    assert growth(many, n) < LINEAR  # type: ignore[arg-type]


def recordings() -> list[dict[str, str]]:
    manifest = RECORDINGS / "MANIFEST.csv"
    if not manifest.is_file():
        pytest.skip("the recordings are not part of the repository")
    with manifest.open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["format"] == "eventstream.bin"]


def test_recorded_streams_against_the_vendors_own_parser() -> None:
    """Whole and in odd pieces; nine were damaged when they were made anonymous."""
    botocore = pytest.importorskip("botocore.eventstream")
    broken = count = 0
    for row in recordings():
        data = (RECORDINGS / row["file"]).read_bytes()
        parser = botocore.EventStreamBuffer()
        parser.add_data(data)
        expected: list[bytes] = []
        failed = False
        try:
            expected += [message.payload for message in parser]
        except botocore.ChecksumMismatch:
            failed = True
        for size in (len(data), 61, 1):
            found, error = outcome([data[n : n + size] for n in range(0, len(data), size)])
            assert [payload for _, payload in found] == expected, row["file"]
            assert ("checksum" in error) == failed, row["file"]
        assert failed == ("crc_invalid" in row["features"])
        broken += failed
        count += 1
    assert (broken, count) == (9, 97)


def test_every_cut_of_a_recorded_stream() -> None:
    files = [row["file"] for row in recordings() if "crc_invalid" not in row["features"]]
    shortest = min(files, key=lambda file: (RECORDINGS / file).stat().st_size)
    data = (RECORDINGS / shortest).read_bytes()
    expected = run([data])
    for first, second in itertools.combinations(range(0, len(data), 3), 2):
        assert run([data[:first], data[first:second], data[second:]]) == expected
