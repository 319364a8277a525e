"""Asking again, in both colours, streamed and whole."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import threading
import time
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.testing import Cut, Simulator, Stall, Status, StreamError, Turn, simulate
from tests.llm.layering.ways import Way

MODEL = "openai/gpt-5-mini"
OTHER = "anthropic/claude-sonnet-4-5"
THIRD = "google/gemini-2.5-flash"
BUSY = Turn(fault=Status(429, retry_after=0))
DOWN = Turn(fault=Status(503))
BROKEN = Turn(text="one two three four five six", fault=Cut())


def quick(**more: Any) -> Any:
    return llm.retry_model(MODEL, initial_delay=0, **more)


def models(simulator: Simulator) -> list[str]:
    return [request.model for request in simulator.requests]


# --- before any content


@pytest.mark.parametrize("fault", [BUSY, DOWN, Turn(fault=Cut(after_bytes=0))])
def test_a_failure_is_made_up_for(way: Way, fault: Turn) -> None:
    with simulate([fault, fault, "hello"]) as simulator:
        response = way.ask(quick())
    assert response.text() == "hello"
    assert len(simulator.requests) == 3
    assert len(response.retry_failures) == 2
    assert [one.error is None for one in response.attempts] == [False, False, True]
    assert [one.model for one in response.attempts] == [MODEL] * 3
    first, _, last = response.attempts
    assert first.started <= first.ended <= last.started <= last.ended
    assert last.usage == response.usage is not None


def test_the_first_attempt_is_told_too(way: Way) -> None:
    with simulate(["hello"]):
        response = way.ask(quick())
    assert response.retry_failures == []
    (attempt,) = response.attempts
    assert (attempt.error, attempt.wait, attempt.usage) == (None, 0.0, response.usage)


def test_an_overload_inside_a_stream() -> None:
    with simulate([Turn(text="x", fault=StreamError(after_events=1)), "hello"]):
        response = quick().stream("hi")
        assert "".join(response.text_stream()) == "hello"
    assert isinstance(response.retry_failures[0].exception, llm.ServerError)


def test_every_attempt_failed(way: Way) -> None:
    with simulate([BUSY, DOWN, BUSY]), pytest.raises(llm.RetriesExhausted) as caught:
        way.ask(quick(max_retries=2))
    failures = caught.value.failures
    assert [type(one.exception) for one in failures] == [
        llm.RateLimitError,
        llm.ServerError,
        llm.RateLimitError,
    ]
    assert caught.value.__cause__ is failures[-1].exception
    assert {one.model.model_id for one in failures} == {MODEL}


def test_no_retries_are_no_retries(way: Way) -> None:
    with simulate([BUSY, "hello"]), pytest.raises(llm.RetriesExhausted) as caught:
        way.ask(quick(max_retries=0))
    assert len(caught.value.failures) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_what_no_retry_mends_is_raised_at_once(way: Way, status: int) -> None:
    with simulate([Turn(fault=Status(status)), "hello"]) as simulator:
        with pytest.raises(llm.APIError) as caught:
            way.ask(quick(fallback_models=[OTHER]))
        assert caught.value.status_code == status
        assert len(simulator.requests) == 1


def test_other_errors_where_they_are_named(way: Way) -> None:
    with simulate([Turn(fault=Status(404)), "hello"]):
        assert way.ask(quick(retry_on=(llm.NotFoundError,))).text() == "hello"
    with simulate([BUSY, "hello"]), pytest.raises(llm.RateLimitError):
        way.ask(quick(retry_on=(llm.NotFoundError,)))


def test_the_vendor_says_how_long(way: Way) -> None:
    with simulate([Turn(fault=Status(429, retry_after=0.05)), "hello"]):
        response = way.ask(quick())
    first, second = response.attempts
    assert second.wait == 0.05
    assert second.started - first.ended >= 0.05


def test_a_vendor_that_asks_for_too_long_is_not_waited_for(way: Way) -> None:
    with simulate([Turn(fault=Status(429, retry_after=61)), "from b"]) as simulator:
        assert way.ask(quick(fallback_models=[OTHER])).text() == "from b"
        assert len(simulator.requests) == 2
    with simulate([Turn(fault=Status(429, retry_after=61)), "x"]) as simulator:
        with pytest.raises(llm.RetriesExhausted):
            way.ask(quick())
        assert len(simulator.requests) == 1


def test_a_quota_that_will_not_refill(way: Way) -> None:
    empty = Turn(fault=Status(429, code="insufficient_quota"))
    with simulate([empty, "from b"]):
        assert way.ask(quick(fallback_models=[OTHER])).text() == "from b"


def test_the_deadline(way: Way) -> None:
    model = llm.retry_model(
        MODEL, max_retries=99, initial_delay=0.03, backoff_multiplier=1, deadline=0.1
    )
    with simulate([BUSY] * 100) as simulator:
        with pytest.raises(llm.RetriesExhausted):
            way.ask(model)
        assert 1 < len(simulator.requests) < 10


def test_the_callback_is_told_what_will_be_made_up_for(way: Way) -> None:
    told: list[llm.Attempt] = []
    with simulate([BUSY, DOWN]), pytest.raises(llm.RetriesExhausted):
        way.ask(quick(max_retries=1, on_retry=told.append))
    assert [type(one.error) for one in told] == [llm.RateLimitError]


# --- who is asked next


def test_fallbacks_across_vendors(way: Way) -> None:
    with simulate([BUSY, BUSY, DOWN, DOWN, "from c"]) as simulator:
        response = way.ask(quick(max_retries=1, fallback_models=[OTHER, THIRD]))
        assert models(simulator) == ["gpt-5-mini"] * 2 + ["claude-sonnet-4-5"] * 2 + [
            "gemini-2.5-flash"
        ]
        assert response.text() == "from c"
        assert response.model_id == response.model.model_id == THIRD
        assert response.provider_id == "google"
        assert [one.model.model_id for one in response.retry_failures] == [MODEL] * 2 + [OTHER] * 2


def test_the_conversation_goes_on_with_who_answered(way: Way) -> None:
    with simulate([BUSY, "b", DOWN, "a"]) as simulator:
        response = way.ask(quick(max_retries=0, fallback_models=[OTHER]))
        again = way.resume(response, "more")
        assert models(simulator) == ["gpt-5-mini", "claude-sonnet-4-5"] * 1 + [
            "claude-sonnet-4-5",
            "gpt-5-mini",
        ]
    assert type(again) is type(response)
    assert again.text() == "a"
    assert again.model_id == MODEL


def test_tools_and_thoughts_are_carried_over(way: Way) -> None:
    @llm.tool
    def height(hill: str) -> int:
        """Return a height."""
        return len(hill)

    @llm.tool
    async def height_async(hill: str) -> int:
        """Return a height."""
        return len(hill)

    tools = [height_async if way.asynchronous else height]
    call = Turn(thoughts="hm", tool_calls=[(tools[0].name, {"hill": "Peninha"})])
    with simulate([DOWN, call, BUSY, "7"]) as simulator:
        model = llm.retry_model(
            MODEL,
            max_retries=0,
            fallback_models=[OTHER],
            thinking={"level": "medium", "include_thoughts": True},
        )
        response = way.ask(model, tools=tools)
        outputs: Any = (
            asyncio.run(response.execute_tools()) if way.asynchronous else response.execute_tools()
        )
        assert [output.result for output in outputs] == [7]
        response = way.resume(response, outputs)
        assert response.text() == "7"
        assert models(simulator)[-2:] == ["claude-sonnet-4-5", "gpt-5-mini"]


def test_a_vendors_own_parameters_stay_with_it(way: Way) -> None:
    secret = {"extra_headers": {"x-mine": "abc"}, "extra_body": {"store": False}}
    with simulate([DOWN, DOWN, "x"]) as simulator:
        way.ask(quick(max_retries=0, fallback_models=["openai/gpt-5", OTHER], **secret))
        sent = [request.headers.get("x-mine") for request in simulator.requests]
        assert sent == ["abc", "abc", None]
        assert [request.body.get("store") for request in simulator.requests] == [False, False, None]


def test_a_fallback_model_has_its_own_parameters_and_layers(way: Way) -> None:
    seen: list[str] = []

    def note(name: str) -> Any:
        def layer(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
            seen.append(f"{name}: {request.model_id} {request.params}")
            yield open(request)

        return layer

    first = llm.Model(MODEL, max_tokens=5, layers=[note("first")])
    second = llm.Model(OTHER, max_tokens=7, layers=[note("second")])
    model = llm.retry(first, max_retries=1, initial_delay=0, fallback_models=[second])
    with simulate([DOWN, DOWN, "x"]):
        way.ask(model.within([note("around")]))
    assert seen == [
        f"around: {MODEL} {{'max_tokens': 5}}",
        f"first: {MODEL} {{'max_tokens': 5}}",
        f"first: {MODEL} {{'max_tokens': 5}}",
        f"second: {OTHER} {{'max_tokens': 7}}",
    ]


# --- after content


def stream(way_is_async: bool, model: llm.Model, runner: asyncio.Runner) -> Any:
    return runner.run(_await(model.stream_async("hi"))) if way_is_async else model.stream("hi")


async def _await(value: Any) -> Any:
    return await value


async def _list(iterable: Any) -> list[Any]:
    return [item async for item in iterable]


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def asynchronous(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


def texts(iterable: Any, runner: asyncio.Runner) -> list[str]:
    return runner.run(_list(iterable)) if hasattr(iterable, "__anext__") else list(iterable)


def test_a_break_after_content_begins_again(asynchronous: bool, runner: asyncio.Runner) -> None:
    with simulate([BROKEN, BROKEN, "whole at last"]):
        response = stream(asynchronous, quick(), runner)
        for _ in range(2):
            with pytest.raises(llm.StreamRestarted) as restart:
                texts(response.text_stream(), runner)
            assert isinstance(restart.value.failure.exception, llm.StreamTruncatedError)
            assert restart.value.failure.model is response.model.models[0]
            assert response.content == []
        assert "".join(texts(response.text_stream(), runner)) == "whole at last"
    assert response.state == "complete"
    assert len(response.retry_failures) == 2


def test_finish_and_validate_do_it_by_themselves(
    asynchronous: bool, runner: asyncio.Runner
) -> None:
    class Book(BaseModel):
        title: str

    cut = Turn(text='{"title": "A long title to be cut"}', fault=Cut())
    with simulate([cut, '{"title": "Whole"}']):
        model = quick()
        if asynchronous:
            response = runner.run(_await(model.stream_async("hi", format=Book)))
            book, after = runner.run(_await(response.validate()))
        else:
            book, after = model.stream("hi", format=Book).validate()
    assert book == Book(title="Whole")
    assert isinstance(after, llm.AsyncRetryStreamResponse | llm.RetryStreamResponse)


def test_the_last_failure_leaves_what_came(asynchronous: bool, runner: asyncio.Runner) -> None:
    with simulate([BROKEN, BROKEN]):
        response = stream(asynchronous, quick(max_retries=1), runner)
        with pytest.raises(llm.StreamRestarted):
            texts(response.text_stream(), runner)
        with pytest.raises(llm.RetriesExhausted):
            texts(response.text_stream(), runner)
    assert response.state == "failed"
    assert response.text().startswith("one")
    with pytest.raises(llm.RetriesExhausted):
        texts(response.text_stream(), runner)
    assert len(response.retry_failures) == 2


def test_a_restart_at_another_vendor(asynchronous: bool, runner: asyncio.Runner) -> None:
    with simulate([BROKEN, "from b"]):
        model = quick(max_retries=0, fallback_models=[OTHER])
        response = stream(asynchronous, model, runner)
        with pytest.raises(llm.StreamRestarted):
            texts(response.text_stream(), runner)
        assert "".join(texts(response.text_stream(), runner)) == "from b"
    assert response.model_id == response.model.model_id == OTHER
    assert response.messages[-1].provider_id == "anthropic"


def test_what_a_failed_attempt_used_is_told() -> None:
    cut = Turn(text="one two three four five six", fault=Cut(after_bytes=900))
    with simulate([cut, "x"]):
        response = llm.retry_model(OTHER, initial_delay=0).stream("hi")
        response.finish()
    failed, made = response.attempts
    assert failed.usage is not None
    assert failed.usage.input_tokens > 0
    assert made.usage == response.usage


# --- ends and interruptions


def test_close_ends_a_wait_at_once() -> None:
    with simulate([Turn(fault=Status(429, retry_after=50))]):
        response = quick().stream("hi")
        waiting = threading.Event()
        errors: list[BaseException] = []

        def read() -> None:
            waiting.set()
            try:
                response.finish()
            except llm.StreamCancelledError as error:
                errors.append(error)

        thread = threading.Thread(target=read)
        thread.start()
        waiting.wait()
        while not response.attempts:  # until the wait has begun
            time.sleep(0.001)
        response.close()
        thread.join()
    assert len(errors) == 1
    assert response.state == "cancelled"


def test_cancelling_ends_a_wait_at_once() -> None:
    async def run() -> None:
        with simulate([Turn(fault=Status(429, retry_after=50))]):
            task = asyncio.create_task(quick().call_async("hi"))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(run())


def test_a_reader_that_gives_up_may_come_back_in_a_wait() -> None:
    async def run() -> str:
        with simulate([Turn(fault=Status(429, retry_after=0.2)), "hello"]):
            response = await quick().stream_async("hi")
            iterator = response.text_stream()
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(anext(iterator), 0.05)
            return "".join([text async for text in iterator])

    assert asyncio.run(run()) == "hello"


async def _to_the_restart(response: Any) -> None:
    with contextlib.suppress(llm.StreamRestarted):  # in here, for asyncio keeps what leaves it
        if isinstance(response, llm.AsyncStreamResponse):
            await _list(response.text_stream())
        else:
            list(response.text_stream())


def test_a_dropped_response_is_freed_at_once(asynchronous: bool, runner: asyncio.Runner) -> None:
    gc.collect()
    gc.disable()
    try:
        with simulate([BROKEN, Turn(text="one two three", fault=Stall(after_bytes=400))]):
            response = stream(asynchronous, quick(), runner)
            runner.run(_to_the_restart(response))
            assert response.attempts
            source = weakref.ref(response._source)
            del response
            assert source() is None
    finally:
        gc.enable()


# --- wherever there is something to ask


def test_calls_and_prompts_of_every_kind() -> None:
    @llm.retry(initial_delay=0)
    @llm.call(MODEL)
    def plain(topic: str) -> str:
        return topic

    @llm.retry(initial_delay=0)
    @llm.call(MODEL)
    async def plain_async(topic: str) -> str:
        return topic

    @llm.retry(initial_delay=0)
    @llm.call(MODEL)
    def within(ctx: llm.Context[str], topic: str) -> str:
        return topic + ctx.deps

    @llm.retry(initial_delay=0)
    @llm.call(MODEL)
    async def within_async(ctx: llm.Context[str], topic: str) -> str:
        return topic + ctx.deps

    ctx = llm.Context(deps="!")
    with simulate([BUSY, "1", BUSY, "2", BUSY, "3", BUSY, "4"]):
        one, three = plain("x"), within(ctx, "x")
        two, four = asyncio.run(plain_async("x")), asyncio.run(within_async(ctx, "x"))
    assert [type(each) for each in (one, two, three, four)] == [
        llm.RetryResponse,
        llm.AsyncRetryResponse,
        llm.ContextRetryResponse,
        llm.AsyncContextRetryResponse,
    ]
    assert [each.text() for each in (one, three, two, four)] == ["1", "2", "3", "4"]
    with simulate([BUSY, "1", BUSY, "2"]):
        assert plain.prompt(MODEL, "x").text() == "1"
        streamed = within.stream(ctx, "x")
        streamed.finish()
        assert streamed.text() == "2"
    assert type(streamed) is llm.ContextRetryStreamResponse


def test_a_method() -> None:
    class Bot:
        name = "Bot"

        @llm.retry(initial_delay=0)
        @llm.call(MODEL)
        def ask(self, topic: str) -> str:
            return f"{self.name}: {topic}"

    bot: Any = Bot()
    with simulate([BUSY, "hello"]) as simulator:
        assert bot.ask("x").text() == "hello"
        assert "Bot: x" in str(simulator.requests[-1].body)


def test_a_call_whose_model_comes_from_the_context() -> None:
    @llm.retry(max_retries=1, initial_delay=0)
    @llm.call(MODEL)
    def ask() -> str:
        return "x"

    with simulate([BUSY, "b"]) as simulator, llm.model(OTHER):
        response = ask()
        assert models(simulator) == ["claude-sonnet-4-5"] * 2
    assert response.model_id == OTHER
    other = llm.retry_model(THIRD, max_retries=0)
    with simulate([BUSY]), other:
        assert ask.model is other
        with pytest.raises(llm.RetriesExhausted):
            ask()


def test_a_response_goes_on_with_the_model_of_the_context() -> None:
    with simulate(["a", BUSY, "b"]):
        model = quick()
        response = model.call("hi")
        assert response.model is model
        with llm.model(OTHER) as plain:
            assert response.model.retry_config == model.retry_config
            assert response.model.get_active_model() is plain
        with llm.retry_model(OTHER, initial_delay=0) as other:
            assert response.model is other
            assert response.resume("more").text() == "b"


def test_a_layer(way: Way) -> None:
    layer = llm.retry(initial_delay=0, fallback_models=[OTHER], max_retries=1)
    with simulate([BUSY, BUSY, "hello"]):
        response = way.ask(llm.Model(MODEL, layers=[layer]))
    assert response.text() == "hello"
    assert response.model_id == OTHER
    assert len(response.attempts) == 3
    assert not hasattr(response, "retry_failures")


def test_a_layer_that_begins_again(asynchronous: bool, runner: asyncio.Runner) -> None:
    with simulate([BROKEN, "hello"]):
        model = llm.Model(MODEL, layers=[llm.retry(initial_delay=0)])
        response = stream(asynchronous, model, runner)
        with pytest.raises(llm.StreamRestarted) as caught:
            texts(response.text_stream(), runner)
        assert caught.value.failure.model.model_id == MODEL
        assert "".join(texts(response.text_stream(), runner)) == "hello"


def test_a_block(way: Way) -> None:
    with simulate([BUSY, "hello", BUSY]):
        with llm.retry(initial_delay=0):
            assert way.ask(llm.Model(MODEL)).text() == "hello"
        with pytest.raises(llm.RateLimitError):
            way.ask(llm.Model(MODEL))


def test_one_block_in_many_tasks() -> None:
    block = llm.retry(initial_delay=0)

    async def ask() -> str:
        with block:
            await asyncio.sleep(0.01)
            return (await llm.Model(MODEL).call_async("hi")).text()

    async def run() -> list[str]:
        return await asyncio.gather(*(ask() for _ in range(10)))

    with simulate([*[BUSY] * 10, *["x"] * 10]):
        assert asyncio.run(run()) == ["x"] * 10


def test_what_asks_again_already_gets_other_settings() -> None:
    @llm.retry(max_retries=5)
    @llm.call(MODEL)
    def ask() -> str:
        return "x"

    again = llm.retry(ask, max_retries=0)
    assert again.retry_config.max_retries == 0
    assert type(again) is llm.RetryCall
    with simulate([BUSY]) as simulator, pytest.raises(llm.RetriesExhausted):
        again()
    assert len(simulator.requests) == 1
    model = llm.retry(llm.retry_model(MODEL, max_retries=5, fallback_models=[OTHER]), max_retries=1)
    assert (model.retry_config.max_retries, len(model.models)) == (1, 1)


def test_what_cannot_be_retried() -> None:
    with pytest.raises(ValueError, match=r"Unsupported target type for retry: function.*above"):
        llm.retry(lambda: "x")  # type: ignore[call-overload]  # pyright: ignore
    with pytest.raises(TypeError, match="does not know 'max_retry'"):
        llm.retry(max_retry=3)  # type: ignore[call-overload]  # pyright: ignore
    with pytest.raises(TypeError, match="parameters of its own"):
        llm.RetryModel(llm.Model(MODEL), llm.RetryConfig(), temperature=0)
    with pytest.raises(TypeError, match="max_retry"):
        llm.retry_model(MODEL, max_retry=3)  # type: ignore[call-arg]  # pyright: ignore


def test_it_is_saved_with_what_was_tried() -> None:
    with simulate([BUSY, "hello"]):
        response = quick().call("hi")
    again = llm.RetryResponse.from_json(response.to_json())
    assert isinstance(again, llm.RetryResponse)
    assert again.text() == "hello"
    assert [str(one.error) for one in again.attempts] == [str(o.error) for o in response.attempts]
    assert again.model.model_id == MODEL
