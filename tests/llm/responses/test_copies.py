"""Responses can be copied and pickled, at any time: the copy is what had arrived by then."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope import llm
from mirascope.llm.responses.chunks import AnswerEnd, Event
from tests.llm.processes import elsewhere

from .chunks import MIXED, call, text
from .conftest import Variant
from .events import answers
from .saved import Tide, VendorError, samples, stream, whole
from .test_fold import read, sums
from .test_saving import facts

MODEL = "openai/gpt-5-mini"


def pickled(response: Any) -> Any:
    return pickle.loads(pickle.dumps(response))


WAYS: list[Callable[[Any], Any]] = [pickled, copy.deepcopy, copy.copy]
NAMES = sorted(samples())


@llm.tool
def add(a: int) -> int:
    return a + 1


@llm.tool
async def add_async(a: int) -> int:
    return a + 1


@llm.output_parser(formatting_instructions="Shout.")
def shout(response: llm.AnyResponse) -> str:
    return response.text().upper()


def pass_on(request: Any, open: Any) -> Iterator[Any]:
    yield open(request)


class Locked:
    """A layer that holds what cannot be copied."""

    def __init__(self) -> None:
        self.lock = threading.Lock()

    def __call__(self, request: Any, open: Any) -> Iterator[Any]:
        with self.lock:
            yield open(request)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_whatever_has_ended(name: str, way: Callable[[Any], Any]) -> None:
    response: Any = samples()[name]
    before = facts(response)
    again = way(response)
    assert type(again) is type(response)
    assert again is not response
    assert facts(again) == before == facts(response)
    assert again.params == response.params
    assert again.format == response.format
    assert again.raw == response.raw
    assert again.to_json() == response.to_json()
    if way is not copy.copy:
        assert again.messages[-1] is not response.messages[-1]
        assert again.params is not response.params
    parts = [id(part) for part in again.content]
    assert [id(part) for part in again.messages[-1].content] == parts
    assert {id(part) for part in again.texts} <= {*parts}
    # A copy of a copy is no less.
    assert facts(way(again)) == before


@pytest.mark.parametrize("way", WAYS)
def test_a_stream_that_goes_on(variant: Variant, way: Callable[[Any], Any]) -> None:
    response = variant.stream(MIXED, tools=[add_async if variant.asynchronous else add])
    untouched = way(response)
    assert (response.state, untouched.state) == ("pending", "cancelled")
    iterator = variant.iter(response.text_stream())
    first = variant.next(iterator)

    again = way(response)
    assert type(again) is type(response)
    assert again.state == "cancelled"
    assert again.text() == first
    assert again.thoughts == response.thoughts
    assert again.toolkit == response.toolkit
    with pytest.raises(llm.StreamCancelledError, match="was copied before its end"):
        variant.run(again.finish())
    replayed: list[Any] = []
    chunks = variant.iter(again.chunk_stream())
    with suppress(llm.StreamCancelledError):
        while True:
            replayed.append(variant.next(chunks))
    assert replayed == response.chunks

    assert response.state == "streaming"
    assert variant.list(iterator)
    variant.run(response.finish())
    assert response.state == "complete"
    assert again.text() == first
    assert facts(way(response)) == facts(response)
    variant.run(again.aclose() if variant.asynchronous else again.close())


@given(answers(), st.sampled_from(WAYS))
def test_any_answer(events: list[Event], way: Callable[[Any], Any]) -> None:
    response = read(Variant(asynchronous=False, context=False), events)
    again = way(response)
    assert sums(again) == sums(response)
    assert [e for e in again.events if not isinstance(e, AnswerEnd)] == events[:-1]


def test_copying_waits_for_nobody() -> None:
    reached, go_on = threading.Event(), threading.Event()

    def slow() -> Iterator[Any]:
        yield from text("one")[:2]
        reached.set()
        go_on.wait()
        yield from text("one", " two")[2:]

    response: llm.StreamResponse = llm.StreamResponse(
        provider_id="test",
        model_id="test/model",
        provider_model_name="model",
        params={},
        input_messages=[],
        chunk_iterator=slow(),
    )
    reader = threading.Thread(target=response.finish)
    reader.start()
    reached.wait()
    copies = [way(response) for way in WAYS]
    shown, saved = repr(response), response.to_json()
    go_on.set()
    reader.join()
    assert [one.text() for one in copies] == ["one"] * 3
    assert shown == "StreamResponse('test/model', 'one', state='streaming')"
    assert llm.StreamResponse.from_json(saved).text() == "one"
    assert response.text() == "one two"
    assert response.consumed


@pytest.mark.parametrize("asynchronous", [False, True])
def test_what_came_over_the_wire(asynchronous: bool) -> None:
    variant = Variant(asynchronous=asynchronous, context=False)
    model = llm.Model(MODEL, layers=[pass_on])
    with llm.testing.simulate(script=["one two three"] * 2):
        ask = model.stream_async if asynchronous else model.stream
        response = variant.run(ask("Count."))
        whole = variant.run((model.call_async if asynchronous else model.call)("Count."))
        variant.next(variant.iter(response.text_stream()))
        for way in WAYS:
            again = way(response)
            assert again.raw_stream_events == response.raw_stream_events
            assert again.raw_stream_events[0]["type"] == "response.created"
            again = way(whole)
            assert again.raw == whole.raw
            assert (again.model is model) == (way is not pickled)
            assert again.model.layers == (pass_on,)
        variant.run(response.finish())
        assert response.text() == "one two three"
    variant.close()


@pytest.mark.parametrize("format", [Tide, llm.format(Tide, mode="tool"), list[int], shout])
def test_formats(variant: Variant, format: Any) -> None:
    with llm.testing.simulate():
        model = llm.Model(MODEL)
        prefix = "context_" if variant.context else ""
        suffix = "_async" if variant.asynchronous else ""
        more = {"ctx": variant.ctx} if variant.context else {}
        for ask in ("call", "stream"):
            method = getattr(model, f"{prefix}{ask}{suffix}")
            response = variant.run(method("When?", format=format, **more))
            if ask == "stream":
                variant.run(response.finish())
            for way in WAYS:
                again = way(response)
                assert again.parse() == response.parse()
                assert again.format == response.format


def test_a_model_that_cannot_be_copied_is_shared() -> None:
    model = llm.Model(MODEL, layers=[Locked()])
    with llm.testing.simulate(script=["one", "two", "three"]):
        for response in (model.call("Count."), model.stream("Count.")):
            response.text()
            again = copy.deepcopy([response, response])
            assert again[0] is again[1]
            assert again[0].model is model
            with pytest.raises(TypeError, match="lock"):
                pickle.dumps(response)


def test_local_tools() -> None:
    @llm.tool
    def local(a: int) -> int:
        return a + 1

    for response in (
        stream(*call("1", '{"a": 1}', name="local"), tools=[local]),
        whole(tools=[local]),
    ):
        assert copy.deepcopy(response).toolkit == response.toolkit
        with pytest.raises(pickle.PicklingError, match=r"Tool .*<locals>\.local: it is defined in"):
            pickle.dumps(response)


def test_an_error_that_pickle_cannot_carry() -> None:
    class Local(Exception):
        pass

    for way in WAYS:
        again = way(stream(*text("one"), Local("no")))
        assert again.state == "failed"
        assert type(again.error) is llm.Error
        assert str(again.error) == "Local: no"
        assert type(way(stream(VendorError("no"))).error) is VendorError


def go_on(response: Any) -> tuple[Any, str, str]:
    with llm.testing.simulate(script=["three"]) as simulator:
        following = response.resume([*response.execute_tools(), "And?"])
        following.text() if isinstance(following, llm.Response) else following.finish()
        return simulator.requests[-1].body, following.text(), repr(response)


@pytest.mark.parametrize("streamed", [False, True])
def test_resumed_in_another_process(streamed: bool) -> None:
    model = llm.Model(MODEL, temperature=0.5, layers=[pass_on])
    turn = llm.testing.Turn(text="one", tool_calls=[("add", {"a": 1})])
    with llm.testing.simulate(script=[turn]):
        response: Any = (model.stream if streamed else model.call)("Count.", tools=[add])
        if streamed:
            response.finish()
    assert elsewhere(go_on, response) == go_on(response)
