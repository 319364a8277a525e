"""Answers that break off after they have begun, and go on."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.responses.fold import fold
from mirascope.llm.testing import Cut, Stall, Status, StreamError, Turn, TurnRequest, simulate
from tests.llm.conftest import Colour
from tests.llm.layering.ways import Way
from tests.llm.retries.recovery import MANNERS, MODELS, SCENES, WORDS, Author, trial, whole

MODEL = "openai/gpt-5-mini"
PREFIXED = "anthropic/claude-sonnet-4-5"
THIRD = "google/gemini-2.5-flash"
BROKEN = Turn(text="From Peninha one sees the sea and the hills", fault=Cut())
SEEN = "From Peninha one sees"
"""What arrives of it."""


def quick(policy: Any = "continue", **more: Any) -> Any:
    return llm.recover(policy, initial_delay=0, **more)


def asked(model: str = MODEL, policy: Any = "continue", **more: Any) -> llm.Model:
    return llm.Model(model, layers=[quick(policy, **more)])


def goes_on(with_what: str) -> Any:
    """Return a turn that goes on from the end it was asked for, with `with_what`."""

    def turn(request: TurnRequest) -> str:
        said, last = request.messages[-2:]
        assert (said.role, last.role) == ("assistant", "user")
        (text,) = [part.text for part in last.content if part.type == "text"]
        return text.rpartition("\n\n")[2] + with_what

    return turn


# --- the joined answer is the undropped one


@pytest.mark.parametrize("wire", MODELS)
@pytest.mark.parametrize("scene", SCENES)
def test_dropped_anywhere(scene: str, wire: str, colour: Colour) -> None:
    wanted = whole(SCENES[scene], MODELS[wire])
    assert bool(wanted.response.thoughts) == bool(SCENES[scene].thoughts)
    rng = random.Random(f"{scene} {wire} {colour.asynchronous}")
    places = [0, wanted.size - 1, *(rng.randrange(wanted.size) for _ in range(6))]
    for place in places:
        trial(colour, wanted, [place])


@pytest.mark.parametrize("scene", SCENES)
def test_dropped_again_and_again(scene: str, colour: Colour) -> None:
    wanted = whole(SCENES[scene], MODELS["messages"])
    rng = random.Random(scene)
    for _ in range(3):
        cuts = [rng.randrange(wanted.size // 2) for _ in range(4)]
        trial(colour, wanted, cuts)


@pytest.mark.parametrize("manner", MANNERS)
def test_however_the_model_words_it(manner: str, colour: Colour) -> None:
    rng = random.Random(manner)
    for model in (MODEL, "anthropic/claude-sonnet-5", THIRD):
        wanted = whole(WORDS, model)
        trial(colour, wanted, [rng.randrange(wanted.size // 2, wanted.size)], manner)


def test_a_fallback_of_another_vendor_goes_on(colour: Colour) -> None:
    for scene in SCENES.values():
        wanted = whole(scene, MODEL)
        response = trial(colour, wanted, [wanted.size // 2] * 2, fallback_models=[PREFIXED])
        assert response.attempts[0].model == MODEL


# --- what is told of it


def test_the_seam(colour: Colour) -> None:
    told: list[llm.Seam] = []
    with simulate([BROKEN, Turn(fault=Status(503)), goes_on(" the sea.")]):
        response = colour.stream(asked(on_event=told.append), "hi")
        events = colour.list(response.event_stream())
    (seam,) = [event for event in events if isinstance(event, llm.Seam)]
    assert told == [seam]
    assert (seam.failed, seam.model, seam.dropped) == (MODEL, MODEL, [])
    assert isinstance(seam.error, llm.StreamTruncatedError)
    before, after = events[: events.index(seam)], events[events.index(seam) + 1 :]
    assert "".join(e.delta for e in before if isinstance(e, llm.TextChunk)) == SEEN
    assert "".join(e.delta for e in after if isinstance(e, llm.TextChunk)) == " the sea."
    assert [e.type for e in events].count("text_start_chunk") == 1
    assert [type(one.error) for one in response.attempts] == [
        llm.StreamTruncatedError,
        llm.ServerError,
        type(None),
    ]
    assert seam not in colour.list(response.chunk_stream())
    assert response.text() == f"{SEEN} the sea."


def test_a_seam_is_shown_on_request(colour: Colour) -> None:
    shown = f"{SEEN}[{MODEL} broke off; {PREFIXED} goes on] far."
    with simulate([BROKEN, " far."]):
        model = asked(max_attempts=1, fallback_models=[PREFIXED])
        response = colour.stream(model, "hi")
        assert "".join(colour.list(response.pretty_stream(seams=True))) == shown
    assert response.pretty(seams=True) == shown
    assert response.pretty() == "".join(colour.list(response.pretty_stream())) == f"{SEEN} far."


def test_usage_is_the_sum_as_far_as_it_is_known(colour: Colour) -> None:
    wanted = whole(WORDS, PREFIXED)
    response = trial(colour, wanted, [wanted.size // 2])
    first, second = response.attempts
    assert not first.usage.complete
    assert second.usage.complete
    assert not response.usage.complete
    for name in ("input_tokens", "output_tokens"):
        parts = getattr(first.usage, name), getattr(second.usage, name)
        assert getattr(response.usage, name) == sum(parts)
    assert wanted.response.usage.complete


def test_a_joined_answer_is_saved_and_resumed() -> None:
    with simulate([BROKEN, goes_on(" it."), "And far."]):
        response = asked().stream("hi")
        response.finish()
        again = llm.StreamResponse.from_json(response.to_json())
        assert again.text() == response.text() == f"{SEEN} it."
        assert not again.usage.complete
        assert fold(again.events).content == response.content
        assert response.messages[-1].raw_message is None
        more = response.resume("more?")
        more.finish()
        assert more.text() == "And far."


def test_the_answer_is_that_of_who_went_on() -> None:
    with simulate([BROKEN, " it."]) as simulator:
        response = asked(max_attempts=1, fallback_models=[PREFIXED]).stream("hi")
        assert "".join(response.text_stream()) == f"{SEEN} it."
        assert (response.model_id, response.provider_id) == (PREFIXED, "anthropic")
        assert simulator.requests[1].model == "claude-sonnet-4-5"


def test_a_stream_that_falls_silent_goes_on(colour: Colour) -> None:
    silent = Turn(text="From Peninha one sees the sea", fault=Stall(after_bytes=2600))
    with simulate([silent, goes_on(" it.")]):
        model = llm.Model(MODEL, timeout=llm.Timeout(idle=1), layers=[quick()])
        response = colour.read(model, "hi")
    assert response.text().startswith("From")
    assert response.text().endswith(" it.")
    assert isinstance(response.attempts[0].error, llm.TimeoutError)


@pytest.mark.parametrize("inner", [llm.retry(initial_delay=0), quick(), quick("restart")])
def test_other_layers_below(inner: Any, colour: Colour) -> None:
    """Whichever asks again, the reader's iterator goes on."""
    wanted = whole(SCENES["text"], MODEL)
    author = Author(SCENES["text"], MANNERS["obedient"], [wanted.size // 2, wanted.size // 3])
    with simulate([author] * 5):
        model = llm.Model(MODEL, layers=[quick(), inner])
        told = colour.list(colour.stream(model, "hi").text_stream())
    assert "".join(told) == wanted.response.text()


# --- thoughts and calls


class Thinking:
    """Thinks and answers; breaks off after so many events of the wire."""

    def __init__(self, after: int) -> None:
        self.turn = Turn(
            thoughts="Which hill?", text="Peninha it is.", fault=StreamError(after_events=after)
        )
        self.again = Turn(thoughts="That hill.", text="Peninha it is.")
        self.model = llm.Model(
            MODEL, thinking={"level": "low", "include_thoughts": True}, layers=[quick()]
        )


def test_a_thought_that_broke_off_is_void(colour: Colour) -> None:
    thinking = Thinking(after=6)
    with simulate([thinking.turn, thinking.again], chunk_size=4):
        response = colour.stream(thinking.model, "hi")
        events = colour.list(response.event_stream())
    (seam,) = [event for event in events if isinstance(event, llm.Seam)]
    assert len(seam.dropped) == 1
    assert [one.thought for one in response.thoughts] == ["That hill."]
    assert [part.type for part in response.content] == ["thought", "text"]
    assert response.messages[-1].raw_message is not None  # all of it is of one answer
    chunks = colour.list(response.chunk_stream())
    assert [c.type for c in chunks].count("thought_end_chunk") == 2  # no reader waits for it
    assert "Which" in "".join(colour.list(response.pretty_stream()))
    assert response.pretty().count("Thinking") == 1


def test_substreams_go_on_over_a_seam(colour: Colour) -> None:
    thinking = Thinking(after=6)
    with simulate([thinking.turn, thinking.again], chunk_size=4):
        response = colour.stream(thinking.model, "hi")
        kinds = colour.list(_collected(response) if colour.asynchronous else _list(response))
    assert kinds == ["thought", "thought", "text"]


async def _collected(response: Any) -> Any:
    async for stream in response.streams():
        await stream.collect()
        yield stream.type.removesuffix("_stream").removeprefix("async_")


def _list(response: Any) -> Any:
    for stream in response.streams():
        stream.collect()
        yield stream.type.removesuffix("_stream")


def test_no_call_is_handed_out_before_the_answer_is_whole(colour: Colour) -> None:
    """So none can have been run when the answer is asked for again."""
    calls = [("climb", {"hill": "Peninha"}), ("climb", {"hill": "Monge"})]
    seen: list[Any] = []

    def again(request: TurnRequest) -> Turn:
        seen.append(list(response.chunks))
        return Turn(text=goes_on("")(request), tool_calls=calls)

    @llm.tool
    def climb(hill: str) -> str:
        """Climb a hill."""
        return hill

    @llm.tool
    async def climb_async(hill: str) -> str:
        """Climb a hill."""
        return hill

    broken = Turn(text="I climb.", tool_calls=calls, fault=Cut(after_bytes=5000))
    with simulate([broken, again]):
        tools = [climb_async if colour.asynchronous else climb]
        response: Any = colour.stream(asked(), "hi", tools=tools)
        colour.finish(response)
    assert {chunk.content_type for chunk in seen[0]} == {"text"}
    assert [json.loads(call.args)["hill"] for call in response.tool_calls] == ["Peninha", "Monge"]
    assert [part.type for part in response.content] == ["text", "tool_call", "tool_call"]


# --- formats


class Hill(BaseModel):
    """A hill."""

    name: str
    metres: int


PENINHA = {"name": "Peninha near the Atlantic Ocean", "metres": 490}


def test_another_object_begins_again(colour: Colour) -> None:
    """Two halves of different objects are never joined."""
    broken = Turn(json=PENINHA, chunk_size=5, fault=Cut())
    with simulate([broken, Turn(json={**PENINHA, "name": "Monge"})]):
        response = colour.stream(asked(), "hi", format=Hill)
        with pytest.raises(llm.StreamRestarted):
            colour.list(response.structured_stream())
        *_, last = colour.list(response.structured_stream())
        assert last.name == response.parse().name == "Monge"
    first, second = response.attempts
    assert (first.discards, second.error) == (True, None)
    assert not any(isinstance(event, llm.Seam) for event in response.events)


@pytest.mark.parametrize("fault", [Cut(after_bytes=0), Cut(), Status(429)])
def test_a_failure_of_the_second_attempt_is_made_up_for(colour: Colour, fault: Any) -> None:
    broken = Turn(json=PENINHA, chunk_size=5, fault=Cut())
    second = Turn(json=PENINHA, chunk_size=5, fault=fault)
    with simulate([broken, second, Turn(json=PENINHA, chunk_size=3)]):
        response = colour.stream(asked(), "hi", format=Hill)
        *_, last = colour.list(response.structured_stream())
        assert (last.name, last.metres) == (PENINHA["name"], 490)
        assert response.parse() == Hill.model_validate(PENINHA)


# --- how the rest is asked for


def body_of_second(model: llm.Model, **more: Any) -> Any:
    with simulate([BROKEN, "..."]) as simulator:
        model.within([quick()]).stream("hi", **more).finish()
        return simulator.requests[1].body


def test_a_prefix_where_the_model_takes_one() -> None:
    last = body_of_second(llm.Model(PREFIXED))["messages"][-1]
    assert (last["role"], "From Peninha one" in str(last["content"])) == ("assistant", True)
    last = body_of_second(llm.Model("mistral/mistral-small-latest"))["messages"][-1]
    assert last == {"role": "assistant", "content": "From Peninha one sees", "prefix": True}


@pytest.mark.parametrize(
    "model",
    [
        llm.Model("anthropic/claude-opus-4-6"),
        llm.Model("anthropic/claude-sonnet-5"),
        llm.Model(PREFIXED, thinking={"level": "low"}),
        llm.Model("groq/llama-3"),
    ],
    ids=repr,
)
def test_a_turn_where_it_does_not(model: llm.Model) -> None:
    said, last = body_of_second(model)["messages"][-2:]
    assert (said["role"], last["role"]) == ("assistant", "user")
    assert "Peninha one" in str(last["content"])


def test_a_prefix_does_not_end_in_blanks() -> None:
    """Which Anthropic refuses; they may come again, and are not said twice."""
    broken = Turn(text="one \n two", chunk_size=1, fault=StreamError(after_events=8))
    with simulate([broken, " \n two"]) as simulator:
        response = asked(PREFIXED).stream("hi")
        assert "".join(response.text_stream()) == "one \n two"
        messages: Any = simulator.requests[1].body["messages"]
        assert (messages[-1]["role"], "one" in str(messages[-1])) == ("assistant", True)


def test_a_model_that_refuses_a_prefix_is_asked_by_a_turn(colour: Colour) -> None:
    with simulate([BROKEN, Turn(fault=Status(400)), goes_on(" it.")]) as simulator:
        response = colour.read(asked(PREFIXED), "hi")
        assert response.text() == "From Peninha one it."
        assert len(simulator.requests) == 3
    assert [type(one.error) for one in response.attempts][1] is llm.BadRequestError


# --- when nothing can be done, or should be


def test_before_content_nobody_notices(way: Way) -> None:
    with simulate([Turn(fault=Status(503)), Turn(text="x", fault=Cut(after_bytes=0)), "hello"]):
        response = way.ask(asked())
    assert response.text() == "hello"
    assert [one.error is None for one in response.attempts] == [False, False, True]
    assert not any(isinstance(event, llm.Seam) for event in getattr(response, "events", ()))


def test_when_all_attempts_fail_what_came_is_kept(colour: Colour) -> None:
    with simulate([BROKEN, Turn(fault=Status(503)), Turn(fault=Status(503))]):
        response = colour.stream(asked(), "hi")
        with pytest.raises(llm.RetriesExhausted) as caught:
            colour.finish(response)
    assert response.text() == SEEN
    assert response.state == "failed"
    assert len(caught.value.failures) == len(response.attempts) == 3


def test_calls_that_came_are_kept_when_nobody_goes_on(colour: Colour) -> None:
    calls = [("climb", {"hill": hill}) for hill in ("Peninha", "Monge", "Pedra Amarela")]

    def climb(hill: str) -> str:
        """Climb a hill."""
        return hill

    async def climb_async(hill: str) -> str:
        """Climb a hill."""
        return hill

    down = Turn(fault=Status(503))
    for text in (None, "I climb."):
        broken = Turn(text=text, tool_calls=calls, fault=StreamError(after_events=12))
        with simulate([broken, down, down]):
            tool: Any = climb_async if colour.asynchronous else climb
            response = colour.stream(asked(PREFIXED), "hi", tools=[llm.tool(tool)])
            with pytest.raises(llm.RetriesExhausted):
                colour.finish(response)
        first = response.tool_calls[0]
        assert json.loads(first.args) == {"hill": "Peninha"}
        assert len(response.tool_calls) < len(calls)
        assert response.text() == (text or "")


def test_calls_stream_where_no_answer_is_gone_on_with() -> None:
    calls = [("climb", {"hill": "Peninha"})]

    @llm.tool
    def climb(hill: str) -> str:
        """Climb a hill."""
        return hill

    for policy, calls_seen in (("raise", 1), ("continue", 0), ("restart", 0)):
        with simulate([Turn(text="I climb.", tool_calls=calls)], chunk_size=1):
            response = asked("anthropic/claude-sonnet-4-5", policy).stream("hi", tools=[climb])
            started = 0
            for event in response.event_stream():
                started += event.type == "tool_call_start_chunk"
                if event.type == "tool_call_chunk":
                    assert (len(response.tool_calls) == 0) == bool(calls_seen)
            assert started == 1


def test_raise(colour: Colour) -> None:
    with simulate([Turn(fault=Status(503)), BROKEN]) as simulator:
        response = colour.stream(asked(policy="raise"), "hi")
        with pytest.raises(llm.StreamTruncatedError):
            colour.finish(response)
        assert len(simulator.requests) == 2
    assert response.text() == SEEN


def test_restart(colour: Colour) -> None:
    with simulate([BROKEN, "Once more."]):
        response = colour.stream(asked(policy="restart"), "hi")
        with pytest.raises(llm.StreamRestarted):
            colour.list(response.text_stream())
        assert colour.list(response.text_stream()) == ["Once", " more."]
    assert [one.discards for one in response.attempts] == [True, False]


def test_what_no_retry_mends_is_raised(colour: Colour) -> None:
    with simulate([BROKEN, Turn(fault=Status(401))]):
        response = colour.stream(asked(fallback_models=[THIRD]), "hi")
        with pytest.raises(llm.AuthenticationError):
            colour.finish(response)
    assert response.text() == SEEN


def test_a_model_that_had_finished_is_not_asked_to_go_on() -> None:
    """It had reached its limit; more of it is not what was asked for."""
    turn = Turn(text="one two", finish_reason=llm.FinishReason.MAX_TOKENS)
    with simulate([turn]):
        events = list(llm.Model(PREFIXED).stream("hi").event_stream())
    assert any(event.type == "finish_reason_chunk" for event in events)

    def breaks(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        answer = open(request)
        while found := (yield answer.pull()):
            yield found
        raise llm.StreamTruncatedError("late", "anthropic")

    with simulate([turn]):
        response = llm.Model(PREFIXED, layers=[quick(), breaks]).stream("hi")
        with pytest.raises(llm.StreamTruncatedError):
            response.finish()
    assert response.finish_reason is llm.FinishReason.MAX_TOKENS


# --- where it stands


def test_where_it_stands() -> None:
    @quick()
    @llm.call(MODEL)
    def guide() -> str:
        return "hi"

    @llm.call(MODEL)
    def plain() -> str:
        return "hi"

    def heard(start: Any) -> str:
        with simulate([BROKEN, goes_on(".")]):
            return "".join(start().text_stream())

    assert heard(guide.stream) == f"{SEEN}."
    assert guide.layers
    with quick():
        assert heard(plain.stream) == f"{SEEN}."
    assert heard(lambda: quick()(llm.Model(MODEL)).stream("hi")) == f"{SEEN}."
    with pytest.raises(llm.StreamTruncatedError):
        heard(plain.stream)


def test_wrong_use() -> None:
    wrong: Any = "go on"
    with pytest.raises(ValueError, match="policy must be one of continue, restart, raise"):
        llm.recover(wrong)
    with pytest.raises(ValueError, match="max_attempts must be at least 1"):
        llm.recover(max_attempts=0)
    with pytest.raises(ValueError, match=r"takes a call or a model, not function"):
        llm.recover()(llm.recover)  # type: ignore[type-var]
