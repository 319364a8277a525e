"""Any cut of the bytes gives the same events; slow, obvious readers are the oracles."""

from __future__ import annotations

import csv
import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope._wire.errors import FrameTooLarge
from mirascope._wire.ndjson import NDJSON
from mirascope._wire.sse import SSE

RECORDINGS = Path(__file__).parents[2] / "../shared/wire"

SNIPPETS = st.sampled_from(
    [
        *(b"\n", b"\r", b"\r\n", b"\n\n", b"\r\n\r\n", b"\r\r", b"\n\r"),
        *(b"data: ", b"data:", b"data", b"event: ", b"event:", b"id: 1", b"retry: 1", b": c", b":"),
        *(b"a", b" ", b"{}", b"\xef\xbb\xbf", b"\xef", b"\xbb", b"\xff", b"\0", "\u2028é".encode()),
        *(
            b"data: x\n\n",
            b"event: y\ndata: x\n\n",
            b"data: x\r\n\r\n",
            b"event: y\r\ndata: x\r\n\r\n",
        ),
    ]
)
BYTES = st.lists(SNIPPETS, max_size=40).map(b"".join)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """Cut `data` at `cuts`, which may repeat."""
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


def run(framing: SSE | NDJSON, parts: list[bytes]) -> list[tuple[str, bytes]] | None:
    """Return the events, or None where one is too large."""
    found: list[tuple[str, bytes]] = []
    try:
        for part in parts:
            found += framing.feed(part)
        return found + framing.close()
    except FrameTooLarge:
        return None


def split_lines(data: bytes) -> list[bytes]:
    """Return the lines, the last one too where it has no end, by a regular expression."""
    lines = re.split(rb"\r\n|\n|\r", data.removeprefix(b"\xef\xbb\xbf"))
    return lines if lines[-1] else lines[:-1]


def read_sse(data: bytes) -> list[tuple[str, bytes]]:
    """Read `data` as the standard words it, and end it with a blank line."""
    found: list[tuple[str, bytes]] = []
    name, payload = b"", None
    for line in [*split_lines(data), b""]:
        if not line:
            if payload is not None:
                found.append((name.decode(errors="replace"), payload[:-1]))
            name, payload = b"", None
        elif not line.startswith(b":"):
            field, value = line, b""
            if b":" in line:
                field, value = line.split(b":", 1)
                if value.startswith(b" "):
                    value = value[1:]
            if field == b"data":
                payload = (payload or b"") + value + b"\n"
            elif field == b"event":
                name = value
    return found


@given(BYTES, st.lists(st.integers(0, 400), max_size=8))
def test_sse_agrees_with_the_oracle_however_cut(data: bytes, cuts: list[int]) -> None:
    expected = read_sse(data)
    assert run(SSE(), [data]) == expected
    assert run(SSE(), pieces(data, cuts)) == expected
    assert run(SSE(), [bytes([byte]) for byte in data]) == expected


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=5))
def test_sse_never_raises_on_any_bytes(data: bytes, cuts: list[int]) -> None:
    assert run(SSE(), pieces(data, cuts)) == read_sse(data)


@given(BYTES, st.lists(st.integers(0, 400), max_size=8), st.integers(1, 30))
def test_sse_limit_does_not_depend_on_the_cut(data: bytes, cuts: list[int], limit: int) -> None:
    whole = read_sse(data)
    longest = max(map(len, [b"", *split_lines(data), *(payload for _, payload in whole)]))
    expected = whole if longest <= limit else None
    assert run(SSE(limit), [data]) == expected
    assert run(SSE(limit), pieces(data, cuts)) == expected
    assert run(SSE(limit), [bytes([byte]) for byte in data]) == expected


@given(BYTES, st.lists(st.integers(0, 400), max_size=8), st.integers(1, 500))
def test_ndjson_agrees_with_the_oracle_however_cut(
    data: bytes, cuts: list[int], limit: int
) -> None:
    lines = split_lines(data)
    expected = [("", line) for line in lines if line.strip()]
    wanted = None if any(len(line) > limit for line in lines) else expected
    assert run(NDJSON(), [data]) == expected
    assert run(NDJSON(limit), pieces(data, cuts)) == wanted
    assert run(NDJSON(limit), [bytes([byte]) for byte in data]) == wanted


def test_recorded_streams() -> None:
    """Every recorded stream, whole and in odd pieces, against the oracle."""
    manifest = RECORDINGS / "MANIFEST.csv"
    if not manifest.is_file():
        pytest.skip("the recordings are not part of the repository")
    with manifest.open(newline="") as file:
        names = [row["file"] for row in csv.DictReader(file) if row["format"] == "sse"]
    count = 0
    for name in names[::5]:
        data = (RECORDINGS / name).read_bytes()
        expected = read_sse(data)
        for size in (len(data) or 1, 61):
            parts = [data[start : start + size] for start in range(0, len(data), size)]
            assert run(SSE(), parts) == expected, name
        count += len(expected)
    assert count > 1000
