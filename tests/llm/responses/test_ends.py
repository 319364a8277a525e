"""How a stream ends: errors, cancellation, closing; and what comes after."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mirascope import llm

from .chunks import MIXED, args, start, text
from .conftest import Variant

HALF = [llm.TextStartChunk(), llm.TextChunk(delta="half"), start]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (llm.ServerError("down", "test"), "failed"),
        (llm.RateLimitError("slow", "test"), "failed"),
        (llm.ConnectionError("gone", "test"), "failed"),
        (llm.StreamTruncatedError("cut", "test"), "truncated"),
        (llm.TimeoutError("late", "test"), "timed_out"),
        (ValueError("bug"), "failed"),
    ],
)
@pytest.mark.parametrize("method", ["chunk_stream", "text_stream", "pretty_stream", "streams"])
def test_an_error_is_raised_again(
    variant: Variant, error: Exception, state: str, method: str
) -> None:
    response = variant.stream([*text("a"), llm.TextStartChunk(), error])
    for _ in range(3):
        with pytest.raises(type(error)) as raised:
            variant.list(getattr(response, method)())
        assert raised.value is error
        assert response.error is error
        assert response.state == state
        assert not response.consumed
        assert response.closed
    assert response.text() == "a\n"
    assert len(response.chunks) == 4


def test_the_replay_comes_before_the_error(variant: Variant) -> None:
    response = variant.stream([*text("a"), llm.ServerError("down", "test")])
    with pytest.raises(llm.ServerError):
        variant.run(response.finish())
    iterator = response.chunk_stream()
    assert [variant.next(iterator) for _ in range(3)] == text("a")
    with pytest.raises(llm.ServerError):
        variant.next(iterator)


def test_an_interrupted_read_is_not_a_success() -> None:
    variant = Variant(asynchronous=False, context=False)
    response = variant.stream([*text("a"), KeyboardInterrupt()])
    with pytest.raises(KeyboardInterrupt):
        response.finish()
    assert response.state == "cancelled"
    with pytest.raises(llm.StreamCancelledError):
        response.finish()
    assert response.text() == "a"


def test_a_cancelled_task_leaves_the_stream_to_be_read_on() -> None:
    async def main() -> None:
        more = asyncio.Event()

        async def chunks() -> Any:
            yield llm.TextStartChunk()
            yield llm.TextChunk(delta="a")
            await more.wait()
            yield llm.TextChunk(delta="b")
            yield llm.TextEndChunk()

        response: llm.AsyncStreamResponse = llm.AsyncStreamResponse(
            provider_id="test",
            model_id="test/model",
            provider_model_name="model",
            params={},
            input_messages=[],
            chunk_iterator=chunks(),
        )
        reader = asyncio.create_task(response.finish())
        while response.text() != "a":  # noqa: ASYNC110 - there is nothing to wait for but this
            await asyncio.sleep(0)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        assert response.state == "streaming"
        assert not response.consumed
        assert response.text() == "a"
        more.set()
        await response.finish()
        assert response.state == "complete"
        assert response.text() == "ab"

    asyncio.run(main())


class Closing:
    """Chunks that count how often they are closed, in both colours."""

    def __init__(self, chunks: list[Any]) -> None:
        self._chunks = iter(chunks)
        self.closed = 0

    def __iter__(self) -> Closing:
        return self

    def __next__(self) -> Any:
        return next(self._chunks)

    def close(self) -> None:
        self.closed += 1

    def __aiter__(self) -> Closing:
        return self

    async def __anext__(self) -> Any:
        for chunk in self._chunks:
            return chunk
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self.closed += 1


def closing(variant: Variant, chunks: list[Any]) -> tuple[Any, Closing]:
    source = Closing(chunks)
    response = variant.stream_class(
        provider_id="test",
        model_id="test/model",
        provider_model_name="model",
        params={},
        input_messages=[],
        chunk_iterator=source,
    )
    return response, source


def close(variant: Variant, response: Any) -> None:
    variant.run(response.aclose() if variant.asynchronous else response.close())


def test_close_midway(variant: Variant) -> None:
    response, source = closing(variant, MIXED)
    iterator = response.chunk_stream()
    head = [variant.next(iterator) for _ in range(4)]
    close(variant, response)
    close(variant, response)
    assert source.closed == 1
    assert response.state == "cancelled"
    assert response.closed
    replay = response.chunk_stream()
    assert [variant.next(replay) for _ in range(4)] == head
    for reader in (iterator, replay):
        with pytest.raises(llm.StreamCancelledError):
            variant.next(reader)


def test_close_before_the_first_read(variant: Variant) -> None:
    response, source = closing(variant, MIXED)
    close(variant, response)
    assert source.closed == 1
    with pytest.raises(llm.StreamCancelledError):
        variant.run(response.finish())


def test_close_after_the_end_changes_nothing(variant: Variant) -> None:
    response, source = closing(variant, text("a"))
    variant.run(response.finish())
    close(variant, response)
    assert source.closed == 1
    assert response.state == "complete"
    assert variant.list(response.text_stream()) == ["a"]


def test_an_error_closes_the_source(variant: Variant) -> None:
    response, source = closing(variant, [llm.TextChunk(delta="out of order")])
    with pytest.raises(RuntimeError):
        variant.run(response.finish())
    close(variant, response)
    assert source.closed == 1


def test_with(variant: Variant) -> None:
    response, source = closing(variant, MIXED)
    if variant.asynchronous:

        async def read() -> None:
            async with response as same:
                assert same is response
                async for _ in response.chunk_stream():
                    break

        variant.run(read())
    else:
        with response as same:
            assert same is response
            for _ in response.chunk_stream():
                break
    assert source.closed == 1
    assert response.state == "cancelled"


def test_messages_while_streaming_are_always_legal(variant: Variant) -> None:
    response = variant.stream([*text("so far"), start("1"), args("1", '{"half'), *text("never")])
    iterator = response.chunk_stream()
    for _ in range(5):
        variant.next(iterator)
    assert response.messages[-1].content == [llm.Text(text="so far")]
