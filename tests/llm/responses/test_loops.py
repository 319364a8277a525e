"""One response and several event loops."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from mirascope import llm
from tests.loopback import Exchange, Reply, Server


def event(text: str | None) -> bytes:
    delta = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": None if text is not None else "stop"}
    return b"data: %s\n\n" % json.dumps({"choices": [choice]}).encode()


WORDS = ["one ", "two ", "three"]
WHOLE = [*map(event, WORDS), event(None), b"data: [DONE]\n\n"]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture
def model(server: Server) -> llm.Model:
    llm.register_provider("openai:completions", "x/", api_key="k3y", base_url=server.url(""))
    return llm.Model("x/m")


async def first_word(response: Any) -> str:
    return str(await anext(response.text_stream()))


async def words(response: Any) -> list[str]:
    return [word async for word in response.text_stream()]


def in_a_thread(function: Callable[[], Any]) -> Any:
    """Return what `function` returns, or raises, in a thread of its own."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(function())
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return outcome[0]


def test_a_second_loop_while_the_first_reads(server: Server, model: llm.Model) -> None:
    go_on = threading.Event()

    def answer(exchange: Exchange) -> None:
        exchange.head(headers={"content-type": "text/event-stream", "connection": "close"})
        exchange.write(WHOLE[0])
        assert go_on.wait(30)
        exchange.write(b"".join(WHOLE[1:]))

    server.route("*", answer)

    async def both() -> None:
        response = await model.stream_async("hi")
        assert await first_word(response) == "one "
        for waiting in (False, True):  # without, and with a reader that waits in the first loop
            reader = asyncio.create_task(words(response)) if waiting else None
            await asyncio.sleep(0)
            other = await asyncio.to_thread(in_a_thread, lambda: asyncio.run(words(response)))
            assert isinstance(other, RuntimeError)
            assert "another event loop" in str(other)
            first = await asyncio.to_thread(in_a_thread, lambda: asyncio.run(first_word(response)))
            assert first == "one "  # it has arrived
            assert response.state == "streaming"
            if reader is not None:
                go_on.set()
                assert await reader == WORDS
        assert await asyncio.to_thread(lambda: asyncio.run(words(response))) == WORDS

    asyncio.run(both())


def test_after_the_first_loop_is_closed(server: Server, model: llm.Model) -> None:
    server.route("*", Reply(body=[WHOLE[0]], stall="after first"))
    response = asyncio.run(model.stream_async("hi"))
    assert asyncio.run(first_word(response)) == "one "
    for _ in range(2):
        with pytest.raises(llm.StreamTruncatedError, match=r"event loop .* is closed"):
            asyncio.run(words(response))
    assert response.text() == "one "
    assert response.state == "truncated"


def test_what_has_arrived_is_read_in_the_second_loop(server: Server, model: llm.Model) -> None:
    """All of it came in one piece, so nothing of the connection is missed."""
    server.route("*", Reply(body=b"".join(WHOLE), framing="length"))
    response = asyncio.run(model.stream_async("hi"))
    assert asyncio.run(first_word(response)) == "one "
    assert asyncio.run(words(response)) == WORDS
    assert response.state == "complete"
    assert asyncio.run(words(response)) == WORDS


def test_begun_in_one_loop_and_read_in_another(server: Server, model: llm.Model) -> None:
    server.route("*", Reply(body=WHOLE))
    response = asyncio.run(model.stream_async("hi"))
    assert asyncio.run(words(response)) == WORDS


def test_a_loop_that_goes_while_the_answer_is_waited_for(server: Server, model: llm.Model) -> None:
    server.route("*", Reply(stall="before headers"))
    response = asyncio.run(model.stream_async("hi"))

    async def begin() -> None:
        reader = asyncio.create_task(words(response))
        await asyncio.to_thread(server.wait_requests, 1)
        assert not reader.done()

    asyncio.run(begin())
    with pytest.raises(llm.ConnectionError, match=r"event loop .* is closed"):
        asyncio.run(words(response))


async def by_hand() -> AsyncIterator[llm.AssistantContentChunk]:
    yield llm.TextStartChunk()
    for word in WORDS:
        await asyncio.sleep(0)
        yield llm.TextChunk(delta=word)
    yield llm.TextEndChunk()


def test_an_asynchronous_generator() -> None:
    async def both(response: Any) -> None:
        assert await first_word(response) == "one "
        other = await asyncio.to_thread(in_a_thread, lambda: asyncio.run(words(response)))
        assert isinstance(other, RuntimeError)
        assert "another event loop" in str(other)

    response: Any = llm.AsyncStreamResponse(
        provider_id="x",
        model_id="x/m",
        provider_model_name="m",
        params={},
        input_messages=[],
        chunk_iterator=by_hand(),
    )
    asyncio.run(both(response))
    with pytest.raises(llm.StreamCancelledError):
        asyncio.run(words(response))
    assert response.text() == "one "


def test_many_threads_begin_at_once(server: Server, model: llm.Model) -> None:
    """One of them reads it; the others read too, or are told."""
    server.route("*", Reply(body=WHOLE))
    response = asyncio.run(model.stream_async("hi"))
    outcomes: list[Any] = []
    start = threading.Barrier(8)

    def read() -> None:
        start.wait()
        outcomes.append(in_a_thread(lambda: asyncio.run(words(response))))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert WORDS in outcomes
    for outcome in outcomes:
        assert outcome == WORDS or "another event loop" in str(outcome)
