"""Server-sent events in every dress they may come in, on each wire that has them.

The rules of the format are shown in ``tests/_wire/test_sse.py``; here, that no wire minds them.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from mirascope.llm.responses.log import EventLog
from tests.llm.answers import ANSWERS, TEXT
from tests.llm.providers.test_exchange import exchange, give

Dress = Callable[[bytes], bytes]


def line_ends(end: bytes) -> Dress:
    return lambda body: body.replace(b"\r\n", b"\n").replace(b"\n", end)


def over_several_lines(body: bytes) -> bytes:
    """Write each event's JSON over as many lines as it has values."""
    out: list[bytes] = []
    for line in body.replace(b"\r\n", b"\n").split(b"\n"):
        data = line.removeprefix(b"data: ")
        if data == line or not data.startswith(b"{"):
            out.append(line)
            continue
        pretty = json.dumps(json.loads(data), indent=1, ensure_ascii=False)
        out += [b"data: " + one.encode() for one in pretty.split("\n")]
    return b"\n".join(out)


def among(more: bytes) -> Dress:
    """Return what puts something else before every event."""

    def put(body: bytes) -> bytes:
        events = body.replace(b"\r\n", b"\n").split(b"\n\n")
        return more + (b"\n\n" + more).join(events)

    return put


DRESSES: dict[str, Dress] = {
    "lf": line_ends(b"\n"),
    "crlf": line_ends(b"\r\n"),
    "cr": line_ends(b"\r"),
    "byte order mark": lambda body: b"\xef\xbb\xbf" + body,
    "no last blank line": lambda body: body.rstrip(b"\r\n"),
    "several lines": over_several_lines,
    "comments": among(b": PROCESSING\n\n"),
    "ids and times to wait": among(b"id: 1\nretry: 5\n\n"),
    "unknown events": among(b'event: surprise\ndata: {"type": "surprise"}\n\n'),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_every_dress(name: str, dress: str, size: int) -> None:
    body = DRESSES[dress](ANSWERS[name].body)
    current, log = exchange(ANSWERS[name]), EventLog()
    for start in range(0, len(body), size):  # one at a time, letters of several bytes are split
        give(current, body[start : start + size], log)
    give(current, b"", log)
    assert current.finished
    assert [part.text for part in log.fold.texts] == [TEXT]
    assert log.fold.usage is not None
    assert (log.fold.usage.input_tokens, log.fold.usage.output_tokens) == (5, 7)
