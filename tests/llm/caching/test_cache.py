"""Answers that are kept, and given again: asked in four ways, of whichever kind they are."""

from __future__ import annotations

import asyncio
import pickle
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.caching import Cache, MemoryStore
from mirascope.llm.responses import RawMessageChunk
from mirascope.llm.testing import Cut, Status, Turn, simulate
from tests.llm.layering.ways import WAYS, Way

MODEL = "openai/gpt-5-mini"
RICH = Turn(text="Hello there", thoughts="Hm.", tool_calls=[("add", {"a": 1})])


def cached(cache: Cache, **params: Any) -> llm.Model:
    return llm.Model(params.pop("model_id", MODEL), layers=[cache], **params)


@pytest.mark.parametrize("again", WAYS.values(), ids=list(WAYS))
def test_an_answer_is_asked_for_once(way: Way, again: Way) -> None:
    model = cached(
        llm.cache(),
        model_id="anthropic/claude-haiku-4-5",
        thinking={"level": "low", "include_thoughts": True},
    )
    before = time.time()
    with simulate([RICH]) as simulator:
        first, second = way.ask(model), again.ask(model)
        assert len(simulator.requests) == 1
    assert first.cached_at is None
    assert before <= second.cached_at <= time.time()
    assert second.content == first.content
    assert second.thoughts
    assert second.tool_calls
    assert second.messages == first.messages
    assert second.usage == first.usage
    assert second.model_id == first.model_id
    assert second.attempts == []


def test_a_stream_comes_back_as_it_came() -> None:
    model = cached(llm.cache())
    with simulate(["one two three"]):
        first, second = model.stream("hi"), model.stream("hi")
        texts = list(first.text_stream())
        assert len(texts) > 1
        assert second.state == "pending"
        assert list(second.text_stream()) == texts
    assert second.state == "complete"
    assert second.chunks == first.chunks
    assert list(second.raw_stream_events) == []
    assert "cached" in repr(second)


def test_it_says_so_when_it_is_saved(way: Way) -> None:
    model = cached(llm.cache())
    with simulate(["hi"]):
        way.ask(model)
        response = way.ask(model)
    again = type(response).from_json(response.to_json())
    assert again.cached_at == response.cached_at is not None
    assert again.text() == "hi"


def test_another_question_is_another_answer(way: Way) -> None:
    cache = llm.cache()
    with simulate(["a", "b", "c"]) as simulator:
        assert way.ask(cached(cache), "x").text() == "a"
        assert way.ask(cached(cache), "y").text() == "b"
        assert way.ask(cached(cache, temperature=0), "x").text() == "c"
        assert way.ask(cached(cache), "x").text() == "a"
        assert len(simulator.requests) == 3


@pytest.mark.parametrize("fault", [Status(500), Cut()])
def test_nothing_is_kept_of_what_broke(way: Way, fault: Any) -> None:
    model = cached(llm.cache())
    with simulate([Turn(text="one two three", fault=fault), "whole"]):
        with pytest.raises(llm.ProviderError):
            way.ask(model)
        response = way.ask(model)
    assert response.text() == "whole"
    assert response.cached_at is None


def test_nothing_is_kept_of_what_was_closed() -> None:
    store = MemoryStore()
    model = cached(llm.cache(store))
    with simulate(["one two three", "whole"]):
        with model.stream("hi") as response:
            assert next(response.text_stream())
        assert len(store) == 0
        assert model.call("hi").text() == "whole"
    assert len(store) == 1


def test_an_answer_that_its_limit_ended_is_complete(way: Way) -> None:
    model = cached(llm.cache(), max_tokens=1)
    with simulate():
        first, second = way.ask(model), way.ask(model)
    assert second.finish_reason is first.finish_reason is llm.FinishReason.MAX_TOKENS
    assert second.cached_at is not None


def test_an_answer_that_is_too_old_is_asked_for_again(way: Way) -> None:
    model = cached(llm.cache(ttl=0.05))
    with simulate(["a", "b"]):
        assert way.ask(model).text() == "a"
        time.sleep(0.06)
        assert way.ask(model).text() == "b"


def test_around_a_block(way: Way) -> None:
    cache = llm.cache()
    model = llm.Model(MODEL)
    with simulate(["a", "b"]):
        for _ in range(2):
            with cache:
                assert way.ask(model).text() == "a"
        assert way.ask(model).text() == "b"


def test_what_was_tried_for_an_answer_is_not_tried_again(way: Way) -> None:
    model = llm.Model(MODEL, layers=[llm.cache(), llm.retry(initial_delay=0)])
    with simulate([Turn(fault=Status(503)), "a"]) as simulator:
        first, second = way.ask(model), way.ask(model)
        assert len(simulator.requests) == 2
    assert len(first.attempts) == 2
    assert second.attempts == []
    assert second.text() == "a"


def test_what_a_failed_attempt_had_said_is_not_kept() -> None:
    broken = Turn(text="one two three four", fault=Cut())
    model = llm.Model(MODEL, layers=[llm.cache(), llm.retry(initial_delay=0)])
    with simulate([broken, "whole"]):
        model.stream("hi").finish()
        again = model.stream("hi")
        assert list(again.text_stream()) == ["whole"]


def test_who_answered_is_kept(way: Way) -> None:
    other = "anthropic/claude-haiku-4-5"
    model = llm.Model(
        MODEL, layers=[llm.cache(), llm.retry(max_retries=0, fallback_models=[other])]
    )
    with simulate([Turn(fault=Status(503)), "a"]):
        way.ask(model)
        assert way.ask(model).model_id == other


@pytest.mark.parametrize("mode", ["strict", "json", "tool"])
def test_a_format_is_read_from_a_kept_answer(way: Way, mode: Any) -> None:
    model = cached(llm.cache())
    format = llm.format(int, mode=mode)
    with simulate() as simulator:
        first = way.ask(model, format=format).parse()
        assert way.ask(model, format=format).parse() == first
        assert len(simulator.requests) == 1


def test_a_conversation_goes_on_from_a_kept_answer(way: Way) -> None:
    model = cached(llm.cache())
    with simulate(["a", "b"]) as simulator:
        for _ in range(2):
            assert way.resume(way.ask(model), "more").text() == "b"
        assert len(simulator.requests) == 2


def test_an_answer_may_be_empty(way: Way) -> None:
    def nothing(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        asked.append(1)
        yield [llm.UsageDeltaChunk(output_tokens=1)]

    asked: list[int] = []
    model = llm.Model(MODEL, layers=[llm.cache(), nothing])
    with simulate([]):
        assert [way.ask(model).text() for _ in range(2)] == ["", ""]
    assert len(asked) == 1


def test_what_changes_a_response_does_not_change_what_is_kept(way: Way) -> None:
    model = cached(llm.cache())
    with simulate(["hi"]):
        way.ask(model).usage.raw.clear()
        way.ask(model).usage.raw.clear()
        assert way.ask(model).usage.raw


def test_what_json_cannot_hold_is_asked_for_each_time(way: Way) -> None:
    circle: dict[str, Any] = {}
    circle["self"] = circle

    def odd(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        asked.append(1)
        yield [RawMessageChunk(raw_message=circle)]
        yield [llm.TextStartChunk(), llm.TextChunk(delta="hi"), llm.TextEndChunk()]

    asked: list[int] = []
    model = llm.Model(MODEL, layers=[llm.cache(), odd])
    with simulate([]):
        assert [way.ask(model).text() for _ in range(2)] == ["hi", "hi"]
    assert len(asked) == 2


def test_a_question_that_json_cannot_hold_is_asked(way: Way) -> None:
    circle: dict[str, Any] = {}
    circle["self"] = circle

    def plain(request: llm.Request, open: llm.Open) -> llm.Answer:
        return open(replace(request, params={}))

    model = llm.Model(MODEL, layers=[llm.cache(), plain], extra_body=circle)
    with simulate(["a", "b"]):
        assert [way.ask(model).text() for _ in range(2)] == ["a", "b"]


def test_a_file_keeps_answers(way: Way, tmp_path: Path) -> None:
    with simulate(["a"]) as simulator:
        for _ in range(2):
            assert way.ask(cached(llm.cache(tmp_path / "answers.sqlite"))).text() == "a"
        assert len(simulator.requests) == 1


@pytest.mark.parametrize("file", [False, True])
def test_a_response_takes_the_settings_along(way: Way, file: bool, tmp_path: Path) -> None:
    cache = llm.cache(tmp_path / "answers.sqlite" if file else None, ttl=1000)
    with simulate(["a", "b"]):
        way.ask(cached(cache))
        response = pickle.loads(pickle.dumps(way.ask(cached(cache))))
        assert response.cached_at is not None
        assert way.resume(response, "more").text() == "b"
        [sent] = response.model.layers
    assert sent.ttl == 1000
    assert type(sent.store) is type(cache.store)


class Broken:
    """A store that is down."""

    blocks = False

    def get(self, key: str) -> bytes | None:
        raise OSError(f"no connection to redis://:secret@host for {key}")

    def put(self, key: str, value: bytes, ttl: float | None) -> None:
        raise OSError("no connection")


@pytest.mark.parametrize("blocks", [False, True])
def test_a_store_that_is_down_breaks_nothing(
    way: Way, blocks: bool, caplog: pytest.LogCaptureFixture
) -> None:
    store = Broken()
    store.blocks = blocks
    model = cached(llm.cache(store))
    with simulate(["a", "b"]):
        assert [way.ask(model).text() for _ in range(2)] == ["a", "b"]
    said = [record.getMessage() for record in caplog.records if "cache" in record.name]
    assert (
        said
        == ["The cache could not be read: OSError", "The cache could not be written: OSError"] * 2
    )


class Garbled(MemoryStore):
    """A store that somebody else has written to."""

    def __init__(self, value: bytes) -> None:
        super().__init__()
        self.value = value

    def get(self, key: str) -> bytes | None:
        return self.value


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\xff",
        b"{}",
        b"[]",
        b'{"mirascope":"answer","version":1}',
        b'{"mirascope":"answer","version":2,"stored":1,"events":[]}',
        b'{"mirascope":"answer","version":1,"stored":"now","events":[]}',
        b'{"mirascope":"answer","version":1,"stored":true,"events":[]}',
        b'{"mirascope":"answer","version":1,"stored":1,"events":[{"type":"text_chunk"}]}',
        b'{"mirascope":"answer","version":1,"stored":1,"events":[{"type":"text_chunk","delta":"x"}]}',
        b'{"mirascope":"answer","version":1,"stored":1,"events":[{"type":"answer_end","state":"failed"}]}',
        b'{"mirascope":"answer","version":1,"stored":1,"events":[7]}',
        b"[" * 100_000,
    ],
)
def test_what_is_garbled_is_not_there(way: Way, value: bytes) -> None:
    with simulate(["a"]):
        response = way.ask(cached(llm.cache(Garbled(value))))
    assert response.text() == "a"
    assert response.cached_at is None


@pytest.mark.parametrize("settings", [{"ttl": 0}, {"ttl": -1}, {"patience": 0}])
def test_settings_that_cannot_be_meant(settings: Any) -> None:
    with pytest.raises(ValueError, match=next(iter(settings))):
        llm.cache(**settings)


async def test_a_store_that_takes_time_does_not_hold_up_a_loop() -> None:
    class Slow(MemoryStore):
        blocks = True

        def get(self, key: str) -> bytes | None:
            looked.wait()
            return super().get(key)

    looked = threading.Event()
    with simulate(["a"]):
        task = asyncio.create_task(cached(llm.cache(Slow())).call_async("hi"))
        for _ in range(3):
            await asyncio.sleep(0)
        assert not task.done()
        looked.set()
        assert (await task).text() == "a"
