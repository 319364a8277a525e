"""What a server can do wrong, row by row, and how each has to end.

A row is a function that yields its cells for one wire, colour and way; the table at the end says
how they end. A cell that ends otherwise than its row, because the answer was whole by then or
because of its status, says so itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from attack.answers import Answer, dumps
from attack.case import Case
from attack.families.statuses import CLASSES
from attack.http import EVENTS, JSON, Framed, chunk, framed, head, pack
from attack.server import Forever, Paced, Script
from mirascope import llm

__all__ = ["ROWS", "Cell", "End", "Row", "answer_of", "ends_of", "frames_of", "good"]

TEXT = ("Zwei ", "Drachen ", "und ", "ein Ei: ", "🐉é", ' "drei" ', "und \\ ", "aus.")
LIMIT = 0.25
"""Seconds that silence lasts; what a server sends at once has to be read within them."""
LARGE = 10 * 1024 * 1024
RETRY_AFTER = 0.02
MORE = 1000
"""By so much a content-length is wrong."""


@dataclass(frozen=True)
class End:
    """How a request ends."""

    error: type[llm.Error] | None
    state: str
    """The stream's; a whole answer has none, and is not asked for it."""


COMPLETE = End(None, "complete")
TRUNCATED = End(llm.StreamTruncatedError, "truncated")
TIMED_OUT = End(llm.TimeoutError, "timed_out")
BROKEN = End(llm.ConnectionError, "failed")
INVALID = End(llm.ResponseValidationError, "failed")
OVERLOADED = End(llm.ServerError, "failed")
LIMITED = End(llm.RateLimitError, "failed")


@dataclass(frozen=True)
class Cell:
    """One fault, and what has to come of it."""

    script: Script
    end: End | None = None
    """Where it is not that of the row."""
    least: str = ""
    most: str = ""
    """The text that arrives is between these two; all of it when the answer is complete."""
    timeout: llm.Timeout | None = None
    door: Literal["open", "refused", "plain", "untrusted"] = "open"
    """Whether anybody listens, and whether TLS is asked for and not spoken, or not trusted."""
    answer: Answer | None = None
    """Where it is not the usual one."""
    retry_after: float | None = None
    passes: bool = False
    """Whether the error is one that may pass, though its class does not say so."""


@dataclass(frozen=True)
class Row:
    """A kind of fault."""

    what: str
    cells: Callable[[Case, Answer], Iterator[Cell]]
    streamed: End | None
    whole: End | None
    """None where each cell says it."""
    heals: bool = True
    """Whether asking again is expected to help, where the error is one that may pass."""


def answer_of(case: Case) -> Answer:
    """Return the undisturbed answer."""
    return case.wire.plain(TEXT)


def frames_of(case: Case, answer: Answer) -> list[bytes]:
    """Return the pieces of an undisturbed body."""
    return [e.frame for e in answer.events] if case.streamed else [dumps(answer.whole)]


def good(case: Case, pieces: Sequence[bytes], *headers: tuple[str, str]) -> Framed:
    """Return an answer with status 200 and this body."""
    return framed(pieces, "chunked", _kind(case), headers=headers)


def _kind(case: Case) -> str:
    return case.wire.kind if case.streamed else JSON


def _refused(case: Case, answer: Answer) -> Iterator[Cell]:
    yield Cell([], door="refused")


def _no_tls(case: Case, answer: Answer) -> Iterator[Cell]:
    yield Cell([], door="plain")


def _untrusted(case: Case, answer: Answer) -> Iterator[Cell]:
    yield Cell([], door="untrusted")


def _reset_at_once(case: Case, answer: Answer) -> Iterator[Cell]:
    yield Cell(["rst"])
    yield Cell(["fin"])
    yield Cell([head()[:9], "rst"])


def _late_head(case: Case, answer: Answer) -> Iterator[Cell]:
    timeout = llm.Timeout(first_content=LIMIT)
    yield Cell(["silence"], timeout=timeout)
    yield Cell([head()[:12], "silence"], timeout=timeout)


def _slow_head(case: Case, answer: Answer) -> Iterator[Cell]:
    data = good(case, frames_of(case, answer)).data
    end = data.index(b"\r\n\r\n")
    yield Cell([Paced([data[n : n + 1] for n in range(end)], 0.001), data[end:]])


def _status(case: Case, content_type: str, body: Callable[[int], bytes]) -> Iterator[Cell]:
    for status in (*CLASSES, 408, 500, 502, 503, 529):
        data = framed([body(status)], "length", content_type, status=status).data
        end = End(CLASSES.get(status, llm.ServerError), "failed")
        yield Cell([data], TIMED_OUT if status == 408 else end, passes=status == 409)


def _error_body(case: Case, status: int) -> bytes:
    return dumps(case.wire.error("No.", "overloaded_error" if status >= 500 else "no"))


def _status_json(case: Case, answer: Answer) -> Iterator[Cell]:
    yield from _status(case, JSON, lambda status: _error_body(case, status))


def _status_html(case: Case, answer: Answer) -> Iterator[Cell]:
    page = b"<!doctype html><title>Bad</title><h1>Bad</h1>"
    yield from _status(case, "text/html; charset=utf-8", lambda _: page)


def _status_empty(case: Case, answer: Answer) -> Iterator[Cell]:
    yield from _status(case, JSON, lambda _: b"")


def _status_events(case: Case, answer: Answer) -> Iterator[Cell]:
    yield from _status(case, EVENTS, lambda status: _error_body(case, status))


def _retry_after(case: Case, answer: Answer) -> Iterator[Cell]:
    for name, value in (("retry-after", RETRY_AFTER), ("retry-after-ms", RETRY_AFTER * 1000)):
        data = framed(
            [_error_body(case, 429)], "length", JSON, status=429, headers=[(name, f"{value:g}")]
        ).data
        yield Cell([data], retry_after=RETRY_AFTER)


def _cut(case: Case, answer: Answer) -> Iterator[Cell]:
    whole = good(case, frames_of(case, answer))
    for offset in range(len(whole.data)):
        body = whole.body_until(offset)
        cell = Cell([whole.data[:offset], "fin"])
        if offset < whole.data.index(b"\r\n\r\n") + 4:
            yield replace(cell, end=BROKEN)
        else:
            yield _until(answer, body, cell) if case.streamed else cell


def _until(answer: Answer, body: int, cell: Cell) -> Cell:
    """Return a cell for a stream that ends after so many bytes of its body.

    The last two of an event are its line's end and the empty line; without them it may count.
    """
    if body >= answer.until(answer.must):
        return replace(cell, end=COMPLETE)
    return replace(cell, least=answer.text_of(body), most=answer.text_of(body + 2))


def _reset_in_chunk(case: Case, answer: Answer) -> Iterator[Cell]:
    pieces = frames_of(case, answer)
    for number, piece in enumerate(pieces[: answer.must + 1]):
        before = good(case, pieces[:number]).data[: -len(chunk(b""))]
        part = chunk(piece)[: len(piece) // 2]
        # What was not read yet is lost by a reset, so that only the most is known.
        most = "".join(event.text for event in answer.events[:number])
        yield Cell([before, 0.01, part, 0.01, "rst"], most=most)


def _stall(case: Case, answer: Answer) -> Iterator[Cell]:
    if not case.streamed:
        data = good(case, frames_of(case, answer)).data
        for offset in (len(data) - 20, data.index(b"\r\n\r\n") + 30):
            yield Cell([data[:offset], "silence"], timeout=llm.Timeout(first_content=LIMIT))
        return
    pieces = frames_of(case, answer)
    timeout = llm.Timeout(first_content=LIMIT, idle=LIMIT)
    for number in range(answer.must + 1):
        data = good(case, pieces[:number]).data[: -len(chunk(b""))]
        text = "".join(event.text for event in answer.events[:number])
        yield Cell([data, "silence"], least=text, most=text, timeout=timeout)


def _stall_after(case: Case, answer: Answer) -> Iterator[Cell]:
    data = good(case, frames_of(case, answer)).data[: -len(chunk(b""))]
    yield Cell([data, "silence"], timeout=llm.Timeout(total=2 * LIMIT))


def _keep_alives(case: Case, answer: Answer) -> Iterator[Cell]:
    pieces = frames_of(case, answer)
    timeout = llm.Timeout(first_content=LIMIT, idle=LIMIT)
    if not case.streamed:
        start = good(case, []).data[: -len(chunk(b""))]
        yield Cell([start, Forever(chunk(b"\n"), 0.002)], timeout=timeout)
        return
    for number in (0, 1, answer.must // 2, answer.must):
        start = good(case, pieces[:number]).data[: -len(chunk(b""))]
        text = "".join(event.text for event in answer.events[:number])
        yield Cell(
            [start, Forever(chunk(case.wire.nothing[0]), 0.002)],
            least=text,
            most=text,
            timeout=timeout,
        )


def _byte_by_byte(case: Case, answer: Answer) -> Iterator[Cell]:
    data = good(case, frames_of(case, answer)).data
    yield Cell([Paced([data[n : n + 1] for n in range(len(data))])])
    body = b"".join(frames_of(case, answer))
    yield Cell([good(case, [body[n : n + 1] for n in range(len(body))]).data])


def _large(case: Case, answer: Answer) -> Iterator[Cell]:
    large = case.wire.plain([*TEXT, "x" * LARGE, "end"])
    yield Cell([good(case, frames_of(case, large)).data], answer=large)


def _too_large(case: Case, answer: Answer) -> Iterator[Cell]:
    if case.streamed:
        pieces = frames_of(case, answer)
        half = answer.must // 2
        start = good(case, [*pieces[:half], case.wire.endless]).data[: -len(chunk(b""))]
        text = "".join(event.text for event in answer.events[:half])
        yield Cell([start, Forever(chunk(b"x" * 1024 * 1024))], least=text, most=text)


def _in_the_middle(case: Case, answer: Answer, what: bytes, *more: bytes) -> Cell:
    pieces = frames_of(case, answer)
    half = answer.must // 2
    text = "".join(event.text for event in answer.events[:half])
    data = good(case, [*pieces[:half], what, *(more or pieces[half:])]).data
    return Cell([data], least=text, most=text)


def _in_latin_1(data: bytes) -> bytes:
    return data.replace("é".encode(), b"\xe9")


def _not_utf8(case: Case, answer: Answer) -> Iterator[Cell]:
    if case.streamed:
        pieces = [e.write(e.name, _in_latin_1(e.data)) for e in answer.events]
    else:
        pieces = [_in_latin_1(dumps(answer.whole))]
    marks = case.wire.plain([text.replace("é", "\ufffd") for text in TEXT])
    yield Cell([good(case, pieces).data], answer=marks)


def _not_json(case: Case, answer: Answer) -> Iterator[Cell]:
    for wrong in (b'{"a": ', b"{'a': 1}", b"<html></html>", b"[]x"):
        if case.streamed:
            said = answer.events[answer.must // 2]
            yield _in_the_middle(case, answer, said.write(said.name, wrong))
        else:
            yield Cell([good(case, [wrong]).data])


def _unknown(case: Case, answer: Answer) -> Iterator[Cell]:
    if not case.streamed:
        yield Cell([good(case, [b'{"new_field":[1],' + dumps(answer.whole)[1:]]).data])
        return
    for strange in case.wire.nothing:
        yield replace(_in_the_middle(case, answer, strange), end=COMPLETE)


def _error_within(case: Case, answer: Answer) -> Iterator[Cell]:
    error: Any = case.wire.error("Overloaded.", "overloaded_error")
    match case.wire.name:
        case "google":
            error["error"] |= {"code": 503, "status": "UNAVAILABLE"}
        case "chat" | "responses":
            error["error"] |= {"type": "server_error", "code": "server_error"}
        case "converse":
            error["__type"] = "ServiceUnavailableException"
    if not case.streamed:
        yield Cell([good(case, [dumps(error)]).data])
        return
    if case.wire.name == "responses":
        error = {"type": "error", "code": "server_error", "message": "Overloaded.", "param": None}
    event = case.wire.fails(dumps(error))
    yield _in_the_middle(case, answer, event)
    yield Cell([good(case, [event]).data])


def _said_twice(case: Case, answer: Answer) -> Iterator[Cell]:
    if case.streamed:
        pieces = frames_of(case, answer)
        yield Cell([good(case, [*pieces, pieces[-1]]).data])
        if case.wire.name != "google":  # whose last event is also one of content
            last = pieces[answer.must]
            yield Cell([good(case, [*pieces[: answer.must], last, *pieces[answer.must :]]).data])


def _never_said(case: Case, answer: Answer) -> Iterator[Cell]:
    if case.streamed:
        data = good(case, frames_of(case, answer)[: answer.may]).data
        yield Cell([data], least=answer.text, most=answer.text)


def _packed(case: Case, answer: Answer) -> Iterator[Cell]:
    body = b"".join(frames_of(case, answer))
    for name, how in (("gzip", "gzip"), ("deflate", "deflate"), ("deflate", "raw")):
        data = pack(body, how)  # type: ignore[arg-type]  # one of its three words
        pieces = [data[n : n + 50] for n in range(0, len(data), 50)]
        yield Cell([good(case, pieces, ("content-encoding", name)).data])


def _packed_unasked(case: Case, answer: Answer) -> Iterator[Cell]:
    body = b"".join(frames_of(case, answer))
    for name in ("br", "zstd", "compress", "gzip, br"):
        yield Cell([good(case, [body], ("content-encoding", name)).data])


def _length_too_long(case: Case, answer: Answer) -> Iterator[Cell]:
    body = b"".join(frames_of(case, answer))
    fields = ("content-type", _kind(case)), ("content-length", str(len(body) + MORE))
    yield Cell([head(200, *fields) + body, "fin"])


def _length_too_short(case: Case, answer: Answer) -> Iterator[Cell]:
    body = b"".join(frames_of(case, answer))
    length = answer.until(answer.must // 2) if case.streamed else len(body) - 20
    fields = ("content-type", _kind(case)), ("content-length", str(length))
    start = head(200, *fields) + body[:length]
    for cell in (Cell([start, 0.05, body[length:]]), Cell([head(200, *fields) + body])):
        yield _until(answer, length, cell) if case.streamed else cell


def _early_close(case: Case, answer: Answer) -> Iterator[Cell]:
    pieces = frames_of(case, answer)
    data = good(case, pieces).data
    yield Cell([data[: -len(chunk(b""))], "fin"])
    if case.streamed:
        data = good(case, pieces[: answer.must + 1]).data
        yield Cell([data[: -len(chunk(b""))], "fin"])


def _stale(case: Case, answer: Answer) -> Iterator[Cell]:
    """The bench asks once before, and waits until the kept connection has been closed."""
    yield Cell([good(case, frames_of(case, answer)).data])


ROWS: dict[str, Row] = {
    "refused": Row("nobody listens", _refused, BROKEN, BROKEN),
    "no TLS": Row("TLS is asked for, and not spoken", _no_tls, BROKEN, BROKEN, heals=False),
    "untrusted": Row("a certificate that nobody signed", _untrusted, BROKEN, BROKEN, heals=False),
    "no head": Row("closed or reset before or in the head", _reset_at_once, BROKEN, BROKEN),
    "late head": Row("no head within the limit", _late_head, TIMED_OUT, TIMED_OUT),
    "slow head": Row("the head byte by byte", _slow_head, COMPLETE, COMPLETE),
    "error, JSON": Row("4xx and 5xx as the vendor writes them", _status_json, None, None),
    "error, HTML": Row("the same as a page of a proxy", _status_html, None, None),
    "error, empty": Row("the same with no body", _status_empty, None, None),
    "error, as events": Row("JSON said to be a stream", _status_events, None, None),
    "Retry-After": Row("429, in seconds and milliseconds", _retry_after, LIMITED, LIMITED),
    "cut": Row("closed after so many bytes", _cut, TRUNCATED, TRUNCATED),
    "reset": Row("reset within a chunk", _reset_in_chunk, TRUNCATED, TRUNCATED),
    "stall": Row("silence after each event", _stall, TIMED_OUT, TIMED_OUT),
    "stall at the end": Row("all is said, and no end", _stall_after, COMPLETE, TIMED_OUT),
    "keep-alives": Row("comments or blanks for ever", _keep_alives, TIMED_OUT, TIMED_OUT),
    "byte by byte": Row("writes, or chunks, of one byte", _byte_by_byte, COMPLETE, COMPLETE),
    "10 MB event": Row("one delta of 10 MB", _large, COMPLETE, COMPLETE),
    "endless event": Row("an event over the cap of 64 MB", _too_large, INVALID, INVALID),
    "not UTF-8": Row("a byte that is none", _not_utf8, COMPLETE, COMPLETE),
    "not JSON": Row("an event, or a body, that is none", _not_json, INVALID, INVALID),
    "unknown events": Row("events and fields that are new", _unknown, COMPLETE, COMPLETE),
    "error within": Row("an overload after status 200", _error_within, OVERLOADED, OVERLOADED),
    "said twice": Row("the last event twice", _said_twice, COMPLETE, COMPLETE),
    "never said": Row("no last event", _never_said, TRUNCATED, TRUNCATED),
    "packed": Row("gzip and deflate", _packed, COMPLETE, COMPLETE),
    "packed, unasked": Row(
        "br, zstd, and others nobody asked for", _packed_unasked, BROKEN, BROKEN
    ),
    "length too long": Row("closed before content-length", _length_too_long, COMPLETE, TRUNCATED),
    "length too short": Row("more than content-length", _length_too_short, TRUNCATED, INVALID),
    "early close": Row("closed after the last event", _early_close, COMPLETE, TRUNCATED),
    "stale": Row("a kept connection, closed since", _stale, COMPLETE, COMPLETE),
}


def ends_of(name: str, case: Case, cell: Cell) -> End:
    """Return how a cell of the row has to end."""
    row = ROWS[name]
    end = cell.end or (row.streamed if case.streamed else row.whole)
    assert end is not None, name
    return end
