"""Server-sent events that may turn out to be JSON."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope._wire.errors import FrameTooLarge
from mirascope._wire.sse import SSE
from mirascope.llm.providers.google.framing import SSEOrJSON

LINES = st.lists(
    st.sampled_from(
        [b'data: {"a":1}\r\n', b"\r\n", b"\n", b"data: [1]\n\n", b": c\n", b'{"e":\n', b"[1]\n"]
    ),
    max_size=12,
).map(b"".join)


def read(parts: list[bytes]) -> list[tuple[str, bytes]]:
    framing = SSEOrJSON()
    return [event for part in parts for event in framing.feed(part)] + framing.close()


@given(LINES, st.lists(st.integers(0, 200), max_size=6))
def test_any_cut_gives_the_same_events(data: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[start:end] for start, end in pairwise(edges)]
    assert read(pieces) == read([data])


@given(LINES)
def test_from_the_first_bracket_on_all_is_json(data: bytes) -> None:
    brackets = (at for at in range(len(data)) if data[at] in b"{[")
    start = next((at for at in brackets if at == 0 or data[at - 1] == 10), len(data))
    sse = SSE()
    expected = sse.feed(data[:start]) + sse.close()
    rest = data[start:].strip()
    assert read([data]) == expected + ([("", rest)] if rest else [])


def test_a_limit() -> None:
    framing = SSEOrJSON(max_event_bytes=10)
    framing.feed(b"{12345678")
    with pytest.raises(FrameTooLarge):
        framing.feed(b"9}")
    with pytest.raises(FrameTooLarge):
        SSEOrJSON(max_event_bytes=10).feed(b"data: 1234567890123\n\n")
