"""Server-sent events: one case a rule of the format, and what real servers do beside it."""

from __future__ import annotations

import pickle

import pytest

from mirascope._wire.errors import FrameError, FrameTooLarge
from mirascope._wire.sse import SSE


def events(data: bytes, step: int | None = None, limit: int = 1 << 20) -> list[tuple[str, bytes]]:
    """Return the events of `data`, fed `step` bytes at a time."""
    framing = SSE(max_event_bytes=limit)
    found: list[tuple[str, bytes]] = []
    for start in range(0, len(data), step or len(data) or 1):
        found += framing.feed(data[start : start + (step or len(data))])
    return found + framing.close()


CASES = {
    "one": (b"data: a\n\n", [("", b"a")]),
    "named": (b"event: x\ndata: a\n\n", [("x", b"a")]),
    "name after data": (b"data: a\nevent: x\n\n", [("x", b"a")]),
    "last name wins": (b"event: x\nevent: y\ndata: a\n\n", [("y", b"a")]),
    "name is not kept": (b"event: x\ndata: a\n\ndata: b\n\n", [("x", b"a"), ("", b"b")]),
    "name without data": (b"event: x\n\ndata: b\n\n", [("", b"b")]),
    "name is not ascii": ("event: é\ndata: a\n\n".encode(), [("é", b"a")]),
    "name is not utf-8": (b"event: \xff\ndata: a\n\n", [("\ufffd", b"a")]),
    "several lines": (b"data: a\ndata: b\ndata:\n\n", [("", b"a\nb\n")]),
    "only one space": (b"data:  a \n\n", [("", b" a ")]),
    "no space": (b"data:a\n\nevent:x\ndata:b\n\n", [("", b"a"), ("x", b"b")]),
    "colons": (b"data: a:b: c\n\n", [("", b"a:b: c")]),
    "empty data": (b"data:\n\ndata: \n\ndata\n\n", [("", b""), ("", b""), ("", b"")]),
    "two empty data": (b"data\ndata\n\n", [("", b"\n")]),
    "id and retry": (b"id: 1\nretry: 5\ndata: a\n\nid: 2\n\n", [("", b"a")]),
    "unknown field": (b"datas: x\nfoo\ndata: a\n\n", [("", b"a")]),
    "field names are exact": (b"Data: x\n data: y\n\ndata: a\n\n", [("", b"a")]),
    "comment": (b": hello\n\n:\ndata: a\n: more\n\n", [("", b"a")]),
    "comment like data": (b":data: x\n\n", []),
    "blank lines": (b"\n\n\ndata: a\n\n\n\n\ndata: b\n\n\n", [("", b"a"), ("", b"b")]),
    "crlf": (b"event: x\r\ndata: a\r\n\r\ndata: b\r\n\r\n", [("x", b"a"), ("", b"b")]),
    "cr": (b"event: x\rdata: a\r\rdata: b\r\r", [("x", b"a"), ("", b"b")]),
    "mixed ends": (
        b"event: x\rdata: a\ndata: b\r\n\n\rdata: c\n\r\n",
        [("x", b"a\nb"), ("", b"c")],
    ),
    "lf cr are two ends": (b"data: a\n\rdata: b\n\r", [("", b"a"), ("", b"b")]),
    "other line ends are text": (
        "data: a\u2028b\u0085c\x0b\x0c\x1cd\n\n".encode(),
        [("", "a\u2028b\u0085c\x0b\x0c\x1cd".encode())],
    ),
    "nul": (b"data: a\0b\n\n", [("", b"a\0b")]),
    "byte order mark": (b"\xef\xbb\xbfdata: a\n\n", [("", b"a")]),
    "mark only at the start": (b"\n\xef\xbb\xbfdata: a\n\n", []),
    "half a mark": (b"\xef\xbbdata: a\n\ndata: b\n\n", [("", b"b")]),
    "only half a mark": (b"\xef\xbb", []),
    "no last blank line": (b"data: a\n\ndata: b\n", [("", b"a"), ("", b"b")]),
    "no last line end": (b"data: a\n\nevent: x\ndata: b", [("", b"a"), ("x", b"b")]),
    "unfinished name": (b"data: a\n\nevent: x", [("", b"a")]),
    "nothing": (b"", []),
    "not a stream": (b'{\n  "error": {"message": "data: x"}\n}\n', []),
    "several in a row": (
        b"event: x\ndata: 1\n\nevent: x\ndata: 2\n\nevent: x\ndata: 3\nid: 4\n\n",
        [("x", b"1"), ("x", b"2"), ("x", b"3")],
    ),
}


@pytest.mark.parametrize("step", [None, 1, 2, 3, 7])
@pytest.mark.parametrize("case", CASES)
def test_cases(case: str, step: int | None) -> None:
    data, expected = CASES[case]
    assert events(data, step) == expected


@pytest.mark.parametrize("case", CASES)
def test_every_cut_in_two(case: str) -> None:
    data, expected = CASES[case]
    for cut in range(len(data) + 1):
        framing = SSE()
        found = framing.feed(data[:cut]) + framing.feed(data[cut:]) + framing.close()
        assert found == expected, cut


def test_event_is_delivered_with_its_last_byte() -> None:
    framing = SSE()
    assert framing.feed(b"data: a\n") == []
    assert framing.feed(b"\n") == [("", b"a")]
    assert framing.feed(b"data: b\r\n\r") == [("", b"b")]
    assert framing.feed(b"\n") == []
    assert framing.feed(b"data: c\r\r") == [("", b"c")]
    assert framing.close() == []


def test_more_names_than_are_remembered() -> None:
    data = b"".join(b"event: e%d\ndata: x\n\n" % number for number in range(200))
    assert events(data + data) == [(f"e{number}", b"x") for number in range(200)] * 2


def test_close_twice() -> None:
    framing = SSE()
    framing.feed(b"data: a")
    assert framing.close() == [("", b"a")]
    assert framing.close() == []


@pytest.mark.parametrize("step", [None, 1, 3, 10, 11])
@pytest.mark.parametrize(
    "data",
    [
        b"data: 56789\n",  # a line
        b"data: 56789",  # a line that does not end
        b": comment..\n",
        b"data: 1234\ndata: 1234\ndata:\ndata:\n",  # four lines with 11 bytes between them
    ],
)
def test_too_large(data: bytes, step: int | None) -> None:
    assert events(b"data: 6789\n\n", step, limit=10) == [("", b"6789")]
    assert events(b"data: 1234\ndata: 1234\n\n", step, limit=10) == [("", b"1234\n1234")]
    assert events(b"data: 1234\ndata: 1234\ndata:\n\n", step, limit=10) == [("", b"1234\n1234\n")]
    with pytest.raises(FrameTooLarge, match="10 bytes") as caught:
        events(data, step, limit=10)
    assert caught.value.limit == 10
    assert isinstance(caught.value, FrameError)


def test_many_events_in_one_read_are_not_one_large_event() -> None:
    data = b"data: 6789\n\n" * 1000
    assert events(data, limit=10) == [("", b"6789")] * 1000


def test_keep_alives_do_not_fill_the_buffer() -> None:
    framing = SSE(max_event_bytes=100)
    framing.feed(b"data: a\n")
    for _ in range(1000):
        assert framing.feed(b": keep-alive\n") == []
    assert framing.feed(b"\n") == [("", b"a")]


def test_limit_must_be_positive() -> None:
    with pytest.raises(ValueError, match="max_event_bytes"):
        SSE(max_event_bytes=0)


def test_error_is_picklable_and_holds_no_data() -> None:
    with pytest.raises(FrameTooLarge) as caught:
        SSE(max_event_bytes=4).feed(b"secret")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert copy.limit == 4
    assert str(copy) == str(caught.value)
    assert "secret" not in str(copy)
