"""What a stream means, byte by byte, without a network and without waiting."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope import llm
from mirascope.llm.providers import ROWS, Request
from mirascope.llm.providers.exchange import Exchange
from mirascope.llm.responses.log import EventLog
from mirascope.llm.transport.http import ConnectionLost, DeadlineExceeded, TransportError

from ..answers import ANSWERS, TEXT, Answer


class Clock:
    """A clock that only goes when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def exchange(answer: Answer, limits: llm.Timeout | None = None, **params: Any) -> Exchange:
    request = Request(
        provider_id=answer.provider,
        model_id=answer.model_id,
        model_name="model",
        messages=[llm.messages.user("hi")],
        toolkit=llm.Toolkit(None),
        format=None,
        params=params,  # type: ignore[arg-type]
        stream=True,
    )
    codec = ROWS[answer.provider].route(answer.model_id, request.messages)
    result = Exchange(
        codec=codec,
        request=request,
        http_request=codec.encode(request),
        limits=limits or llm.Timeout(),
        now=Clock(),
    )
    result.open_deadline()
    result.on_open(200, {"content-type": "text/event-stream"})
    return result


def give(exchange: Exchange, data: bytes | TransportError, log: EventLog) -> None:
    """Give bytes or an error to the exchange, and everything that it makes of them to the log."""
    if isinstance(data, bytes):
        chunks = exchange.on_data(data)
    else:
        chunks = exchange.on_transport_error(data)
    while chunks is not None:
        log.extend(chunks)
        chunks = exchange.next()


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("lost", [False, True])
def test_a_cut_at_any_byte_is_never_complete_too_early(name: str, lost: bool) -> None:
    answer = ANSWERS[name]
    whole = 0
    for cut in range(len(answer.body) + 1):
        current = exchange(answer)
        log = EventLog()
        try:
            if cut:
                give(current, answer.body[:cut], log)
            give(current, ConnectionLost("reset") if lost else b"", log)
            assert current.finished
            assert log.fold.texts[0].text == TEXT, f"cut at {cut} of {len(answer.body)}"
            whole += 1
        except llm.StreamTruncatedError:
            assert not current.finished
            assert TEXT.startswith("".join(part.text for part in log.fold.texts))
    assert whole >= 1


@pytest.mark.parametrize("name", ANSWERS)
def test_a_whole_answer_stays_whole_wherever_what_trails_it_is_cut(name: str) -> None:
    answer = ANSWERS[name]

    def is_whole(cut: int, end: bytes | TransportError) -> bool:
        current = exchange(answer)
        log = EventLog()
        try:
            give(current, answer.body[:cut], log)
            give(current, end, log)
        except llm.StreamTruncatedError:
            return False
        return current.finished

    cuts = range(1, len(answer.body) + 1)
    whole_from = next(cut for cut in cuts if is_whole(cut, ConnectionLost("reset")))
    assert all(is_whole(cut, b"") for cut in range(whole_from, len(answer.body) + 1))


@pytest.mark.parametrize("name", ANSWERS)
@given(data=st.data())
def test_any_cut_of_the_bytes_gives_the_same_chunks(name: str, data: st.DataObject) -> None:
    body = ANSWERS[name].body

    def read(pieces: list[bytes]) -> list[Any]:
        current = exchange(ANSWERS[name])
        chunks: list[Any] = []
        for piece in [*pieces, b""]:
            batch = current.on_data(piece)
            while batch is not None:
                chunks += batch
                batch = current.next()
        assert current.finished
        return [*chunks, *current.raw_events]

    cuts = sorted(data.draw(st.lists(st.integers(1, len(body) - 1), max_size=40, unique=True)))
    edges = [0, *cuts, len(body)]
    pieces = [body[a:b] for a, b in itertools.pairwise(edges)]
    assert read(pieces) == read([body])


def test_only_waiting_counts_against_a_limit() -> None:
    answer = ANSWERS["chat"]
    current = exchange(answer, llm.Timeout(first_content=10, idle=5, total=100))
    clock: Clock = current._now  # type: ignore[assignment]
    assert current.read_deadline() == 110
    clock.now += 4
    current.on_data(b": keep-alive\n\n")  # four seconds of waiting
    current.pause()
    clock.now += 50  # the reader's own time, who was cancelled
    assert current.read_deadline() == 160
    give(current, b"".join(answer.events[:2]), EventLog())
    assert current.read_deadline() == 159
    current.pause()
    clock.now += 45
    assert current.read_deadline() == 200  # the whole request's limit is nearer


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("flood", [b": hello\n\n", b"event: ping\ndata: {}\n\n"])
@pytest.mark.parametrize("started", [False, True])
def test_a_flood_without_content_is_no_better_than_silence(
    name: str, flood: bytes, started: bool
) -> None:
    current = exchange(ANSWERS[name], llm.Timeout(first_content=10, idle=10))
    clock: Clock = current._now  # type: ignore[assignment]
    if started:
        give(current, b"".join(ANSWERS[name].events[:4]), EventLog())
    deadline = current.read_deadline()
    assert deadline == 110
    for _ in range(8):
        current.on_data(flood * 10)
        clock.now += 1  # it came at once: what takes the time is to read so much
        assert current.read_deadline() == deadline


@pytest.mark.parametrize("name", ANSWERS)
def test_events_that_say_nothing_do_not_fill_the_memory(name: str) -> None:
    ping = ("ping", b"{}")
    plain, flooded = exchange(ANSWERS[name]), exchange(ANSWERS[name])
    plain_log, flooded_log = EventLog(), EventLog()
    *most, last = ANSWERS[name].events
    for event in most:
        give(plain, event, plain_log)
        give(flooded, event, flooded_log)
    give(flooded, b"event: ping\ndata: {}\n\n" * 5000, flooded_log)
    give(plain, last, plain_log)
    give(flooded, last, flooded_log)
    assert flooded_log.events == plain_log.events
    assert 500 <= flooded.raw_events.count(ping) <= 1001
    silent = (ping, ("", b"[DONE]"))
    kept = [event for event in flooded.raw_events if event not in silent]
    assert kept == [event for event in plain.raw_events if event not in silent]


@pytest.mark.parametrize(
    ("limits", "events", "wait", "phase"),
    [
        (llm.Timeout(first_content=1), 1, 1, "first_content"),
        (llm.Timeout(idle=1), 2, 1, "idle"),
        (llm.Timeout(total=1), 2, 1, "total"),
        (llm.Timeout(idle=2, total=1), 2, 1, "total"),
    ],
)
def test_phases(limits: llm.Timeout, events: int, wait: float, phase: str) -> None:
    answer = ANSWERS["chat"]
    current = exchange(answer, limits)
    give(current, b"".join(answer.events[:events]), EventLog())
    deadline = current.read_deadline()
    assert deadline == 100 + wait
    current._now.now = deadline  # type: ignore[attr-defined]
    with pytest.raises(llm.TimeoutError) as raised:
        current.on_transport_error(DeadlineExceeded())
    assert raised.value.phase == phase


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("total", [None, 0.1, 100])
@pytest.mark.parametrize("trailing", [b": hello\n\n", b'data: {"usage": {"total_tokens": 9}}\n\n'])
def test_what_trails_a_whole_answer_has_one_deadline(
    name: str, total: float | None, trailing: bytes
) -> None:
    current = exchange(ANSWERS[name], llm.Timeout(total=total))
    clock: Clock = current._now  # type: ignore[assignment]
    log = EventLog()
    give(current, ANSWERS[name].body, log)
    deadline = current.read_deadline()
    assert deadline is not None
    assert deadline - 100 <= (total or 5)
    for _ in range(20):
        clock.now += 0.004
        give(current, trailing, log)
        assert current.read_deadline() == pytest.approx(deadline)
    clock.now = deadline
    give(current, DeadlineExceeded(), log)
    assert current.finished
    assert log.fold.texts[0].text == TEXT


def test_the_end_of_the_wire_leaves_less_time_than_the_end_of_the_answer() -> None:
    current = exchange(ANSWERS["chat"])
    *most, last = ANSWERS["chat"].events
    log = EventLog()
    give(current, b"".join(most), log)
    assert current.read_deadline() == 105
    give(current, last, log)
    assert current.read_deadline() == 100.2
    give(current, b'data: {"choices": [{"delta": {"content": "more"}}]}\n\n', log)
    current._now.now += 0.1  # type: ignore[attr-defined]
    give(current, b'data: {"choices": [{"delta": {"content": "more"}}]}\n\n', log)
    assert current.read_deadline() == pytest.approx(100.2)
    assert log.fold.texts[0].text == TEXT


def test_connecting_has_a_phase_of_its_own() -> None:
    with pytest.raises(llm.TimeoutError) as raised:
        exchange(ANSWERS["chat"]).on_transport_error(DeadlineExceeded(connecting=True))
    assert raised.value.phase == "connect"


def test_a_huge_event_is_refused() -> None:
    current = exchange(ANSWERS["chat"])

    def fill() -> None:
        for _ in range(100):
            current.on_data(b"x" * 1024 * 1024)

    with pytest.raises(llm.ResponseValidationError):
        fill()


PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Log in\n to the proxy</title></head>\n\n<p>x</p></html>"
)
ERROR = b'{\n  "error": {"type": "rate_limit_error", "message": "slow down", "code": 429}\n}\n'


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("started", [False, True])
@pytest.mark.parametrize("size", [7, 10_000])
def test_what_a_stream_ends_with_is_named(name: str, started: bool, size: int) -> None:
    before = b"".join(ANSWERS[name].events[:4]) if started else b": hello\r\n\r\n"

    def ends_with(tail: bytes) -> llm.ProviderError:
        current, log = exchange(ANSWERS[name]), EventLog()
        data = before + tail

        def read() -> None:
            for start in range(0, len(data), size):
                give(current, data[start : start + size], log)
            give(current, b"", log)

        with pytest.raises(llm.ProviderError) as raised:
            read()
        assert not current.finished
        return raised.value

    page = ends_with(PAGE)
    assert isinstance(page, llm.ResponseValidationError)
    assert "'Log in to the proxy'" in str(page)
    error = ends_with(ERROR)
    assert isinstance(error, llm.RateLimitError)
    assert "slow down" in str(error)
    assert isinstance(
        ends_with(b"data: <html><title>Oops</title>\n\n"), llm.ResponseValidationError
    )
    for cut in (b"", b"{", b'{"error": {"mess', b"dat", b"\n\n"):
        if name != "generate_content" or not cut.startswith(b"{"):
            assert isinstance(ends_with(cut), llm.StreamTruncatedError)


def test_a_whole_answer_in_place_of_a_stream() -> None:
    message = {"role": "assistant", "content": TEXT}
    body = json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
    current, log = exchange(ANSWERS["chat"]), EventLog()
    give(current, body.encode(), log)
    give(current, b"", log)
    assert current.finished
    assert log.fold.texts[0].text == TEXT


@pytest.mark.parametrize("name", ANSWERS)
def test_a_page_in_place_of_a_whole_answer(name: str) -> None:
    asked = exchange(ANSWERS[name]).request
    with pytest.raises(llm.ResponseValidationError, match="Log in to the proxy"):
        exchange(ANSWERS[name]).codec.decode(PAGE, asked)
