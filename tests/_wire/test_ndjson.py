"""One JSON value a line."""

from __future__ import annotations

import pytest

from mirascope._wire.errors import FrameTooLarge
from mirascope._wire.ndjson import NDJSON


def lines(data: bytes, step: int | None = None, limit: int = 1 << 20) -> list[bytes]:
    """Return the payloads of `data`, fed `step` bytes at a time."""
    framing = NDJSON(max_event_bytes=limit)
    found: list[tuple[str, bytes]] = []
    for start in range(0, len(data), step or len(data) or 1):
        found += framing.feed(data[start : start + (step or len(data))])
    found += framing.close()
    assert all(name == "" for name, _ in found)
    return [payload for _, payload in found]


CASES = {
    "lf": (b'{"a":1}\n{"a":2}\n', [b'{"a":1}', b'{"a":2}']),
    "crlf": (b'{"a":1}\r\n{"a":2}\r\n', [b'{"a":1}', b'{"a":2}']),
    "cr": (b'{"a":1}\r{"a":2}\r', [b'{"a":1}', b'{"a":2}']),
    "no last line end": (b'{"a":1}\n{"a":2}', [b'{"a":1}', b'{"a":2}']),
    "blank lines": (b'\n\n{"a":1}\n \t\r\n\n{"a":2}\n  ', [b'{"a":1}', b'{"a":2}']),
    "spaces stay": (b' {"a": 1} \n', [b' {"a": 1} ']),
    "byte order mark": (b'\xef\xbb\xbf{"a":1}\n', [b'{"a":1}']),
    "half a mark": (b"\xef\xbb", [b"\xef\xbb"]),
    "other line ends are text": ("[\u2028\u0085]\n".encode(), ["[\u2028\u0085]".encode()]),
    "nothing": (b"", []),
}


@pytest.mark.parametrize("step", [None, 1, 2, 3, 7])
@pytest.mark.parametrize("case", CASES)
def test_cases(case: str, step: int | None) -> None:
    data, expected = CASES[case]
    assert lines(data, step) == expected


@pytest.mark.parametrize("step", [None, 1, 3, 4, 5])
@pytest.mark.parametrize("data", [b"12345\n", b"12345", b"1\n12345\n1\n"])
def test_too_large(data: bytes, step: int | None) -> None:
    assert lines(b"1234\n1234\r\n1\n1234", step, limit=4) == [b"1234", b"1234", b"1", b"1234"]
    with pytest.raises(FrameTooLarge):
        lines(data, step, limit=4)


def test_line_is_delivered_with_its_last_byte() -> None:
    framing = NDJSON()
    assert framing.feed(b"1") == []
    assert framing.feed(b"\r") == [("", b"1")]
    assert framing.feed(b"\n2\n3") == [("", b"2")]
    assert framing.close() == [("", b"3")]
    assert framing.close() == []
