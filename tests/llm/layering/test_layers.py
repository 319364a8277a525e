"""What stands around a request: in both colours, streamed and whole, wherever it is given."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.layering import race, sleep
from mirascope.llm.responses.chunks import AnswerEnd
from mirascope.llm.testing import Stall, Status, Turn, simulate
from tests.llm.layering.ways import Way

MODEL = "openai/gpt-5-mini"
OTHER = "anthropic/claude-haiku-4-5"


class Notes(list[str]):
    """Layers that note what happens."""

    def layer(self, name: str) -> llm.Layer:
        def layer(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
            self.append(f"{name} asks {request.model_id}")
            try:
                yield open(request)
                self.append(f"{name} is done")
            finally:
                self.append(f"{name} leaves")

        return layer


def passing(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
    answer = open(request)
    while events := (yield answer.pull()):
        yield events


def shouting(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
    answer = open(request)
    while events := (yield answer.pull()):
        yield [
            replace(event, delta=event.delta.upper()) if isinstance(event, llm.TextChunk) else event
            for event in events
        ]


# --- what passes


@pytest.mark.parametrize("layer", [passing, Notes().layer("a")])
def test_nothing_is_lost_on_the_way(way: Way, layer: llm.Layer) -> None:
    script = [Turn(text="Hello there", thoughts="Hm.", tool_calls=[("add", {"a": 1})])]
    thinking: Any = {"level": "low", "include_thoughts": True}
    with simulate(script):
        plain = way.ask(llm.Model(OTHER, thinking=thinking))
    with simulate(script):
        layered = way.ask(llm.Model(OTHER, thinking=thinking, layers=[layer, layer]))
    assert layered.content == plain.content
    assert layered.usage == plain.usage
    assert layered.messages == plain.messages
    assert layered.raw == plain.raw
    assert plain.raw
    if way.stream:
        assert layered.state == "complete"
        assert layered.events == plain.events


def test_a_layer_sees_the_question_as_it_was_asked(way: Way) -> None:
    seen: list[llm.Request] = []

    def look(request: llm.Request, open: llm.Open) -> llm.Answer:
        seen.append(request)
        return open(request)

    with simulate():
        response = way.ask(
            llm.Model(MODEL, temperature=0, layers=[look]),
            "hi",
            format=llm.format(int, mode="json"),
        )
    [request] = seen
    assert request.model_id == MODEL
    assert request.provider_id == "openai"
    assert request.model_name == "gpt-5-mini"
    assert request.params == {"temperature": 0}
    assert request.messages == [llm.messages.user("hi")]  # instructions come below
    assert request.stream is way.stream
    assert len(response.messages) == 3


def test_nothing_happens_before_the_answer_is_read() -> None:
    notes = Notes()
    with simulate(["hi"]) as simulator:
        response = llm.Model(MODEL, layers=[notes.layer("a")]).stream("hi")
        assert notes == []
        assert next(response.text_stream()) == "hi"
        assert notes == [f"a asks {MODEL}"]
        assert len(simulator.requests) == 1
        response.finish()
    assert notes == [f"a asks {MODEL}", "a is done", "a leaves"]


def test_the_events_can_be_changed(way: Way) -> None:
    with simulate(["hello"]):
        assert way.ask(llm.Model(MODEL, layers=[shouting])).text() == "HELLO"


def test_a_layer_can_answer_itself(way: Way) -> None:
    def canned(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        yield [llm.TextStartChunk(), llm.TextChunk(delta="canned")]
        yield [llm.TextEndChunk(), llm.UsageDeltaChunk(output_tokens=1)]

    with simulate([]):
        response = way.ask(llm.Model(MODEL, layers=[canned]))
    assert response.text() == "canned"
    assert response.usage == llm.Usage(output_tokens=1)
    assert response.provider_id == "openai"
    assert not response.raw


def test_the_log_of_a_response_is_an_answer(way: Way) -> None:
    with simulate(["hello"]):
        logged = llm.Model(MODEL).stream("hi")
        logged.finish()

    def replay(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        yield logged.events

    with simulate([]):
        again = way.ask(llm.Model(MODEL, layers=[replay]))
    assert again.text() == "hello"
    assert again.usage == logged.usage
    assert again.messages == logged.messages


def test_a_log_that_broke_breaks_again(way: Way) -> None:
    error = llm.ServerError("down", "openai")

    def replay(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        yield [AnswerEnd(state="failed", error=error)]

    with pytest.raises(llm.ServerError, match="down"):
        way.ask(llm.Model(MODEL, layers=[replay]))


# --- where layers are given


def test_the_order_is_block_call_model_provider(way: Way) -> None:
    notes = Notes()
    llm.register_provider("openai", layers=[notes.layer("provider")])
    model = llm.Model(MODEL, layers=[notes.layer("model 1"), notes.layer("model 2")])

    if way.asynchronous:

        @llm.call(model, layers=[notes.layer("call")])
        async def ask_async() -> str:
            return "hi"

        ask: Any = ask_async
    else:

        @llm.call(model, layers=[notes.layer("call")])
        def ask_sync() -> str:
            return "hi"

        ask = ask_sync
    with simulate(["a"]), llm.layers(notes.layer("block 1")), llm.layers(notes.layer("block 2")):
        way.finish(ask.stream if way.stream else ask.call)
    order = ["block 1", "block 2", "call", "model 1", "model 2", "provider"]
    assert notes[:6] == [f"{name} asks {MODEL}" for name in order]
    assert notes[6:] == [
        f"{name} {what}" for name in reversed(order) for what in ("is done", "leaves")
    ]


def test_the_layers_of_a_call_stay_when_the_context_names_the_model(way: Way) -> None:
    notes = Notes()

    @llm.call(llm.Model(MODEL, layers=[notes.layer("default")]), layers=[notes.layer("call")])
    def ask() -> str:
        return "hi"

    with simulate(["a"]), llm.model(OTHER, layers=[notes.layer("context")]):
        ask()
    assert notes[:2] == [f"call asks {OTHER}", f"context asks {OTHER}"]
    assert "default" not in " ".join(notes)


def test_a_block_ends(way: Way) -> None:
    notes = Notes()
    with simulate(["a", "b"]):
        with llm.layers(notes.layer("block")):
            way.ask(llm.Model(MODEL))
        way.ask(llm.Model(MODEL))
    assert len(notes) == 3


def test_resume_goes_the_same_way(way: Way) -> None:
    notes = Notes()
    with simulate(["a", "b"]):
        response = way.ask(llm.Model(MODEL, layers=[notes.layer("a"), shouting]))
        again = way.resume(response, "and?")
    assert (response.text(), again.text()) == ("A", "B")
    assert len(notes) == 6


class Loud(llm.Model):
    """A user's own model."""

    def call(self, content: Any, **more: Any) -> Any:
        more_messages = [*llm.messages.promote_to_messages(content), llm.messages.user("Louder!")]
        return super().call(more_messages, **more)


def test_resume_asks_the_users_own_model() -> None:
    with simulate(["a", "b"]) as simulator:
        model = Loud(MODEL)
        response = model.call("hi")
        assert response.model is model
        response.resume("and?")
    assert str(simulator.requests[0].body).count("Louder!") == 1
    assert str(simulator.requests[1].body).count("Louder!") == 2


def test_the_context_still_replaces_the_model() -> None:
    with simulate(["a", "b"]) as simulator:
        response = Loud(MODEL).call("hi")
        with llm.model(OTHER) as other:
            assert response.model is other
            response.resume("and?")
    assert simulator.requests[1].model == "claude-haiku-4-5"


def test_a_response_without_a_model_makes_one() -> None:
    response: llm.Response = llm.Response(
        raw=None,
        provider_id="openai",
        model_id=MODEL,
        provider_model_name="gpt-5-mini",
        params={"temperature": 1},
        input_messages=[llm.messages.user("hi")],
        assistant_message=llm.messages.assistant("a", provider_id=None, model_id=None),
        finish_reason=None,
        usage=None,
    )
    assert isinstance(response.model, llm.Model)
    assert response.model is response.model
    assert response.model.params == {"temperature": 1}


# --- another question, another answer


def test_another_model_answers(way: Way) -> None:
    notes = Notes()
    llm.register_provider("anthropic", layers=[notes.layer("anthropic")])
    llm.register_provider("openai", layers=[notes.layer("openai")])

    def elsewhere(request: llm.Request, open: llm.Open) -> llm.Answer:
        return open(replace(request, model_id=OTHER))

    with simulate(["a"]) as simulator:
        response = way.ask(llm.Model(MODEL, layers=[elsewhere]))
    assert simulator.requests[0].wire == "messages"
    assert notes == [f"anthropic asks {OTHER}", "anthropic is done", "anthropic leaves"]
    assert (response.provider_id, response.model_id) == ("anthropic", OTHER)
    answer = response.messages[-1]
    assert (answer.provider_id, answer.model_id) == ("anthropic", OTHER)
    assert answer.provider_model_name == "claude-haiku-4-5"
    assert answer.raw_message


def test_a_format_is_resolved_for_who_answers(way: Way) -> None:
    def elsewhere(request: llm.Request, open: llm.Open) -> llm.Answer:
        return open(replace(request, model_id="anthropic/claude-3-5-haiku-latest"))

    with simulate() as simulator:
        response = way.ask(llm.Model(MODEL, layers=[elsewhere]), format=int)
    assert isinstance(response.parse(), int)
    assert simulator.requests[0].body["tools"]  # that model knows no strict formats


def test_another_try(way: Way) -> None:
    def again(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        for _ in range(3):
            try:
                answer = open(request)
                events = yield answer.pull()
            except llm.RateLimitError:
                yield sleep(0)
            else:
                assert isinstance(events, list)
                yield events
                yield answer
                return

    script = [Turn(fault=Status(429)), Turn(fault=Status(429)), "third"]
    with simulate(script) as simulator:
        assert way.ask(llm.Model(MODEL, layers=[again])).text() == "third"
        assert len(simulator.requests) == 3


def test_an_error_passes_through_every_layer(way: Way) -> None:
    notes = Notes()
    with (
        simulate([Turn(fault=Status(429, retry_after=2))]),
        pytest.raises(llm.RateLimitError) as raised,
    ):
        way.ask(llm.Model(MODEL, layers=[notes.layer("a"), passing, notes.layer("b")]))
    assert raised.value.retry_after == 2
    assert notes[-2:] == ["b leaves", "a leaves"]


def test_the_first_of_two_wins(way: Way) -> None:
    closed: list[bool] = []

    def hedge(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        slow, fast = open(request), open(request)
        first = yield race(slow, seconds=0.01)
        assert first is None
        first = yield race(slow, fast)
        assert first is fast
        slow.close()
        yield fast
        closed.append(slow.closed and fast.ended)

    script = [Turn(text="slow", fault=Stall(None, seconds=30)), "fast"]
    with simulate(script) as simulator:
        assert way.ask(llm.Model(MODEL, layers=[hedge])).text() == "fast"
        assert len(simulator.requests) == 2
    assert closed == [True]


# --- layers that misbehave


def broken_at(place: int) -> llm.Layer:
    def broken(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        if place == 0:
            raise ZeroDivisionError
        answer = open(request)
        count = 0
        while events := (yield answer.pull()):
            count += 1
            if count == place:
                raise ZeroDivisionError
            yield events
        raise ZeroDivisionError

    return broken


@pytest.mark.parametrize("place", [0, 1, 2, 99])
def test_a_layer_that_raises(way: Way, place: int) -> None:
    with simulate(["one two three"]), pytest.raises(ZeroDivisionError):
        way.ask(llm.Model(MODEL, layers=[broken_at(place)]))


def test_what_arrived_before_a_layer_raised_is_kept() -> None:
    with simulate(["one two three"]):
        response = llm.Model(MODEL, layers=[broken_at(4)]).stream("hi")
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                response.finish()
    assert response.state == "failed"
    assert "one two three".startswith(response.text())


def never_pulls(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
    open(request)
    yield [llm.TextStartChunk()]


def stops_early(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
    answer = open(request)
    yield (yield answer.pull()) or []


def says_nothing(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
    yield []


@pytest.mark.parametrize("layer", [never_pulls, stops_early, says_nothing])
def test_a_layer_that_cuts_an_answer_is_found_out(way: Way, layer: llm.Layer) -> None:
    with simulate(["one two"]), pytest.raises(llm.StreamTruncatedError, match=layer.__name__):  # type: ignore[attr-defined]
        way.ask(llm.Model(MODEL, layers=[layer]))


async def is_async(request: llm.Request, open: llm.Open) -> Any:
    yield open(request)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (lambda request, open: None, "returned NoneType"),
        (is_async, "returned async_generator.*not an async one"),
        (lambda request, open: (yield 5), "yielded int"),
        (lambda request, open: (yield "text"), "yielded str"),
    ],
)
def test_what_is_no_layer(way: Way, layer: Any, message: str) -> None:
    with simulate(["a"]), pytest.raises(TypeError, match=message):
        way.ask(llm.Model(MODEL, layers=[layer]))


def test_a_layer_that_closes_an_answer_means_it(way: Way) -> None:
    def taste(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        answer = open(request)
        while events := (yield answer.pull()):
            yield events
            if any(isinstance(event, llm.TextChunk) for event in events):
                break
        answer.close()

    with simulate(["one two three"]):
        response = way.ask(llm.Model(MODEL, layers=[taste]))
    assert "one two three".startswith(response.text())
    assert response.text()


def test_a_layer_that_cancels(way: Way) -> None:
    def cancel(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        yield [llm.TextStartChunk()]
        raise llm.StreamCancelledError("enough", request.provider_id)

    with simulate([]), pytest.raises(llm.StreamCancelledError, match="enough"):
        way.ask(llm.Model(MODEL, layers=[cancel]))


# --- ending it from outside


def test_close_ends_a_sleep() -> None:
    asleep = threading.Event()

    def slow(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        asleep.set()
        yield sleep(3600)
        yield open(request)

    with simulate([]):
        response = llm.Model(MODEL, layers=[slow]).stream("hi")
        threading.Thread(target=lambda: (asleep.wait(), response.close())).start()
        with pytest.raises(llm.StreamCancelledError):
            response.finish()
    assert response.state == "cancelled"


async def test_close_ends_a_sleep_in_a_loop() -> None:
    def slow(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        yield [llm.TextStartChunk()]
        yield sleep(3600)

    with simulate([]):
        response = await llm.Model(MODEL, layers=[slow]).stream_async("hi")
        reader = asyncio.create_task(response.finish())
        while not response.chunks:  # noqa: ASYNC110 - there is nothing to wait for but this
            await asyncio.sleep(0)
        response.close()
        with pytest.raises(llm.StreamCancelledError):
            await reader


async def test_a_cancelled_reader_does_not_disturb_a_layer() -> None:
    notes = Notes()
    naps = 0

    def napping(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        nonlocal naps
        answer = open(request)
        while events := (yield answer.pull()):
            yield sleep(0.001)
            naps += 1
            yield events

    with simulate(["one two three four"]) as simulator:
        model = llm.Model(MODEL, layers=[notes.layer("a"), napping])
        response = await model.stream_async("hi")
        while not response.closed:
            reader = asyncio.create_task(anext(response.chunk_stream()))
            for _ in range(naps % 3):
                await asyncio.sleep(0)
            reader.cancel()
            await asyncio.wait([reader])
            reader = asyncio.create_task(response.finish())
            await asyncio.sleep(0.0005)
            reader.cancel()
            await asyncio.wait([reader])
        assert response.state == "complete"
        assert response.text() == "one two three four"
        assert len(simulator.requests) == 1
    assert notes == [f"a asks {MODEL}", "a is done", "a leaves"]


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
def test_dropping_the_response_ends_its_layers() -> None:
    notes = Notes()
    with simulate(["one two three"]):
        response = llm.Model(MODEL, layers=[notes.layer("a"), passing, notes.layer("b")]).stream(
            "x"
        )
        next(response.text_stream())
        assert notes[-1] == f"b asks {MODEL}"
        del response
    assert notes[2:] == ["a leaves", "b leaves"] or notes[2:] == ["b leaves", "a leaves"]


# --- providers of one's own


class Echo(llm.Provider):
    """Says what it was told, in either colour."""

    id = "echo"
    default_scope = "echo/"

    def open(self, request: llm.Request) -> Any:
        yield llm.TextStartChunk()
        for word in request.messages[-1].content[0].text.split():  # type: ignore[union-attr, index]
            if word == "fail":
                raise KeyError(word)
            yield llm.TextChunk(delta=f"{word} ")
        yield llm.TextEndChunk()

    async def open_async(self, request: llm.Request) -> Any:  # type: ignore[override]
        for event in self.open(request):
            await asyncio.sleep(0)
            yield event

    error_map = {KeyError: llm.ServerError}  # noqa: RUF012 - as a user would write it


def test_two_methods_make_a_provider(way: Way) -> None:
    llm.register_provider(Echo(), layers=[shouting])
    response = way.ask(llm.Model("echo/x"), "pieces of eight")
    assert response.text() == "PIECES OF EIGHT "
    assert (response.provider_id, response.provider_model_name) == ("echo", "x")
    again = way.resume(response, "more")
    assert again.text() == "MORE "
    with pytest.raises(llm.ServerError) as raised:
        way.ask(llm.Model("echo/x"), "a fail")
    assert raised.value.provider == "echo"


def test_with_context_too() -> None:
    llm.register_provider(Echo())
    ctx = llm.Context(deps=1)
    model = llm.Model("echo/x")
    assert model.context_call("a b", ctx=ctx).text() == "a b "
    assert "".join(model.context_stream("a b", ctx=ctx).text_stream()) == "a b "


def test_a_provider_answers_in_a_format(way: Way) -> None:
    llm.register_provider(Echo())
    response = way.ask(llm.Model("echo/x"), '{"output": 5}', format=int)
    assert response.parse() == 5
    assert "schema" in response.messages[0].content.text


class Hooked(llm.Provider):
    """Written for the published package."""

    id = "hooked"
    default_scope = "hooked/"

    def _facts(self, request: dict[str, Any]) -> dict[str, Any]:
        return {
            "provider_id": self.id,
            "model_id": request["model_id"],
            "provider_model_name": "h",
            "params": {},
            "tools": request["toolkit"],
            "input_messages": request["messages"],
        }

    def _call(self, **request: Any) -> llm.Response[Any]:
        message = llm.messages.assistant("hooked", provider_id=self.id, model_id="hooked/x")
        usage = llm.Usage(input_tokens=1, output_tokens=2)
        return llm.Response(
            raw=1,
            assistant_message=message,
            finish_reason=llm.FinishReason.MAX_TOKENS,
            usage=usage,
            **self._facts(request),
        )

    def _stream(self, **request: Any) -> llm.StreamResponse[Any]:
        chunks = [llm.TextStartChunk(), llm.TextChunk(delta="hooked"), llm.TextEndChunk()]
        usage = llm.UsageDeltaChunk(input_tokens=1, output_tokens=2)
        return llm.StreamResponse(chunk_iterator=iter([*chunks, usage]), **self._facts(request))

    def _context_call(self, *, ctx: Any, **request: Any) -> llm.ContextResponse[Any, Any]:
        message = llm.messages.assistant(str(ctx.deps), provider_id=self.id, model_id="hooked/x")
        return llm.ContextResponse(
            raw=1, assistant_message=message, finish_reason=None, usage=None, **self._facts(request)
        )

    async def _call_async(self, **request: Any) -> llm.AsyncResponse[Any]:
        message = llm.messages.assistant("hooked", provider_id=self.id, model_id="hooked/x")
        usage = llm.Usage(input_tokens=1, output_tokens=2)
        return llm.AsyncResponse(
            raw=1,
            assistant_message=message,
            finish_reason=None,
            usage=usage,
            **self._facts(request),
        )

    async def _stream_async(self, **request: Any) -> llm.AsyncStreamResponse[Any]:
        async def chunks() -> Any:
            for chunk in (llm.TextStartChunk(), llm.TextChunk(delta="hooked"), llm.TextEndChunk()):
                yield chunk
            yield llm.UsageDeltaChunk(input_tokens=1, output_tokens=2)

        return llm.AsyncStreamResponse(chunk_iterator=chunks(), **self._facts(request))


def test_hooks_of_the_published_package(way: Way) -> None:
    llm.register_provider(Hooked())
    plain = way.ask(llm.Model("hooked/x"))
    layered = way.ask(llm.Model("hooked/x", layers=[shouting]))
    assert (plain.text(), layered.text()) == ("hooked", "HOOKED")
    assert plain.usage == layered.usage == llm.Usage(input_tokens=1, output_tokens=2)
    assert plain.finish_reason == layered.finish_reason


def test_hooks_get_the_context() -> None:
    llm.register_provider(Hooked())
    ctx = llm.Context(deps="sea")
    assert llm.Model("hooked/x").context_call("hi", ctx=ctx).text() == "sea"
    assert llm.Model("hooked/x", layers=[shouting]).context_call("hi", ctx=ctx).text() == "SEA"


def test_what_a_provider_does_not_have() -> None:
    llm.register_provider(Hooked())
    with pytest.raises(llm.FeatureNotSupportedError, match="neither open nor _context_stream"):
        llm.Model("hooked/x").context_stream("hi", ctx=llm.Context(deps=1))
