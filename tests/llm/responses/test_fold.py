"""The log is the answer: whoever has its events has everything, wherever they were kept."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from mirascope import llm
from mirascope.llm.responses import RawMessageChunk, RawStreamEventChunk
from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.responses.chunks import AnsweredBy, AnswerEnd, Event, FromCache, Seam
from mirascope.llm.responses.event_json import _CLASSES, decode_event, encode_event
from mirascope.llm.responses.finish_reason import FinishReasonChunk
from mirascope.llm.responses.fold import Fold, fold

from .chunks import CASES
from .conftest import Variant
from .events import ERRORS, answers, image

GOLDEN = Path(__file__).parent / "golden" / "events.jsonl"
EXAMPLES: list[Event] = [
    AnsweredBy(provider_id="openai", model_id="openai/m", provider_model_name="m:responses"),
    llm.ThoughtStartChunk(id="part_1"),
    llm.ThoughtChunk(id="part_1", delta="Let me see."),
    llm.ThoughtEndChunk(id="part_1"),
    llm.TextStartChunk(),
    llm.TextChunk(delta='"Zwei"\nDrachen 🐉 \x00'),
    llm.TextEndChunk(),
    llm.TextStartChunk(id="part_2"),
    llm.TextChunk(id="part_2", delta="é"),
    llm.TextEndChunk(id="part_2"),
    llm.ToolCallStartChunk(id="call_1", name="add"),
    llm.ToolCallChunk(id="call_1", delta='{"a": 1}'),
    llm.ToolCallEndChunk(id="call_1"),
    llm.CitationChunk(
        id="part_2", citation=llm.Citation(start=0, end=1, url="https://a.example", title="A")
    ),
    llm.CitationChunk(citation=llm.Citation(source="file-1", cited_text="é")),
    llm.ProviderToolCallStartChunk(id="ws_1", name="web_search"),
    llm.ProviderToolCallChunk(id="ws_1", delta='{"query": "a"}'),
    llm.ProviderToolCallEndChunk(id="ws_1"),
    llm.ProviderToolOutputChunk(
        output=llm.ProviderToolOutput(
            id="ws_1", name="web_search", result=[{"url": "https://a.example", "title": "A"}]
        )
    ),
    llm.ProviderToolOutputChunk(
        output=llm.ProviderToolOutput(id="ws_2", name="web_search", result=None, error="too many")
    ),
    llm.ImageChunk(id="image_1", image=image("iVBORw0KGgo="), preview=True),
    llm.ImageChunk(id="image_1", image=image("iVBORw0KGgo=")),
    llm.AudioStartChunk(id="part_3", mime_type="audio/pcm;rate=24000"),
    llm.AudioChunk(id="part_3", delta="AAAA", transcript="Oh"),
    llm.AudioEndChunk(id="part_3"),
    llm.UsageDeltaChunk(
        input_tokens=1,
        output_tokens=2,
        cache_read_tokens=3,
        cache_write_tokens=4,
        reasoning_tokens=5,
        provider_tool_usage=[llm.ProviderToolUsage(name="web_search", call_count=1)],
        raw={"prompt_tokens": 1},
    ),
    RawMessageChunk(raw_message={"role": "assistant", "content": [{"signature": "c2ln"}]}),
    RawMessageChunk(raw_message=None),
    *(FinishReasonChunk(finish_reason=reason) for reason in llm.FinishReason),
    Attempt(model="openai/m", started=1.5, ended=2.0, wait=0.25),
    Attempt(
        model="openai/m",
        started=1.5,
        ended=2.0,
        error=llm.ServerError("overloaded", "openai", 529),
        usage=llm.Usage(input_tokens=1, raw={"prompt_tokens": 1}),
        discards=True,
        encloses=True,
    ),
    Seam(
        failed="openai/m",
        model="anthropic/m",
        error=llm.StreamTruncatedError("cut", "openai"),
        dropped=["part_3", None],
    ),
    FromCache(stored=1.5),
    llm.RateLimits(
        requests=llm.RateLimit(limit=60, remaining=59, resets_in=1.5),
        tokens=llm.RateLimit(remaining=7),
        measured=1.5,
    ),
    llm.RateLimits(measured=1.5),
    *(AnswerEnd(state=state, error=error) for state, error in ERRORS),  # type: ignore[arg-type]
    RawMessageChunk(raw_message=["half a pair \ud83d", 2**70]),
]


def told(error: BaseException | None) -> Any:
    """Return what an error says; errors have no equality of their own."""
    return None if error is None else (type(error), str(error), vars(error))


def sums(answer: Any) -> dict[str, Any]:
    """Return what a fold, or a stream response, says about an answer."""
    message = answer.message if isinstance(answer, Fold) else answer.messages[-1]
    return {
        "state": answer.state,
        "error": told(answer.error),
        "content": list(answer.content),
        "texts": list(answer.texts),
        "thoughts": list(answer.thoughts),
        "tool_calls": list(answer.tool_calls),
        "finish_reason": answer.finish_reason,
        "usage": answer.usage,
        "rate_limits": answer.rate_limits,
        "message": message,
    }


def through_json(events: list[Event]) -> list[Event]:
    return [decode_event(encode_event(event)) for event in events]


def read(variant: Variant, chunks: Any) -> Any:
    response = variant.stream(chunks)
    with suppress(Exception):  # it is in the log
        variant.run(response.finish())
    return response


def reidentified(events: list[Event]) -> list[Event]:
    """Return the events behind who the test's response says it was answered by."""
    who = AnsweredBy(provider_id="test", model_id="test/model", provider_model_name="model")
    return [who, *events]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_response_is_the_fold_of_its_events(asynchronous: bool) -> None:
    variant = Variant(asynchronous=asynchronous, context=False)

    @given(answers(ended=False))
    def check(events: list[Event]) -> None:
        response = read(variant, events)
        assert response.events == [*events, AnswerEnd(state="complete")]
        assert sums(fold(reidentified(response.events))) == sums(response)
        kept = through_json(response.events)
        assert sums(fold(reidentified(kept))) == sums(response)
        # Ids are not compared by ==, so that a chunk written by hand equals a vendor's.
        assert [getattr(e, "id", 0) for e in kept] == [getattr(e, "id", 0) for e in response.events]

    try:
        check()
    finally:
        variant.close()


@given(answers())
def test_a_response_can_be_built_from_a_log(events: list[Event]) -> None:
    variant = Variant(asynchronous=False, context=False)
    response = read(variant, events)
    assert response.events == events
    assert sums(response) == sums(fold(reidentified(events)))
    again = read(variant, through_json(response.events))
    assert sums(again) == sums(response)


_WHOLE = ("image_chunk", "provider_tool_output_chunk")


@given(answers())
def test_every_iterator_reads_overlapping_parts_in_turn(events: list[Event]) -> None:
    response = read(Variant(asynchronous=False, context=False), events)
    shown: dict[str, list[str]] = {"text_stream": [], "pretty_stream": []}
    for method, pieces in shown.items():
        with suppress(Exception):
            pieces.extend(getattr(response, method)())
    assert "".join(shown["text_stream"]) == response.text()
    visible = response.pretty()
    begun = [e for e in events if "start" in e.type or e.type in _WHOLE]
    if len(response.content) == len(begun):  # nothing left open
        assert "".join(shown["pretty_stream"]) == visible
    if response.state == "complete":
        collected = [stream.collect() for stream in response.streams()]
        texts = [part.text for part in collected if part.type == "text"]
        assert texts == [part.text for part in response.texts]


@pytest.mark.parametrize("name", CASES)
def test_chunks_written_by_hand(variant: Variant, name: str) -> None:
    response = read(variant, CASES[name])
    assert sums(fold(reidentified(response.events))) == sums(response)
    assert sums(fold(reidentified(through_json(response.events)))) == sums(response)


def test_raw_events_are_kept_beside_the_log(variant: Variant) -> None:
    response = read(variant, [RawStreamEventChunk(raw_stream_event={"n": 1}), *CASES["text"]])
    assert response.raw_stream_events == [{"n": 1}]
    assert response.events == [*CASES["text"], AnswerEnd(state="complete")]
    assert response.chunks == CASES["text"]


def test_nothing_follows_the_end() -> None:
    with pytest.raises(RuntimeError, match="after the end"):
        fold([AnswerEnd(state="complete"), llm.TextStartChunk()])


def test_a_log_that_was_closed_says_so() -> None:
    response = Variant(asynchronous=False, context=False).stream(CASES["text"])
    next(response.text_stream())
    response.close()
    kept = fold(through_json(response.events))
    assert kept.state == "cancelled"
    assert isinstance(kept.error, llm.StreamCancelledError)
    assert kept.texts == [llm.Text(text="Hello")]


def test_who_answers_is_on_the_message() -> None:
    async def run() -> None:
        variant = Variant(asynchronous=True, context=False)
        who = AnsweredBy(provider_id="b", model_id="b/m", provider_model_name="m")
        response = variant.stream([who, *CASES["text"]])
        variant.close()
        await response.finish()
        message = response.messages[-1]
        assert (message.provider_id, message.model_id) == ("b", "b/m")
        assert (response.provider_id, response.model_id) == ("b", "b/m")

    asyncio.run(run())


# --- the form that is kept


def test_every_event_has_the_form_it_had() -> None:
    assert [encode_event(event) for event in EXAMPLES] == GOLDEN.read_bytes().splitlines()


def test_what_was_written_is_read() -> None:
    for event, line in zip(EXAMPLES, GOLDEN.read_bytes().splitlines(), strict=True):
        got: Any = decode_event(line)
        if isinstance(event, AnswerEnd | Attempt | Seam):
            assert type(got) is type(event)
            assert told(got.error) == told(event.error)
            assert replace(got, error=None) == replace(event, error=None)
        else:
            assert got == event
            assert getattr(got, "id", None) == getattr(event, "id", None)


def test_usage_that_was_written_before_it_could_be_incomplete_is_complete() -> None:
    line = next(one for one in GOLDEN.read_bytes().splitlines() if b'"complete":true' in one)
    got: Any = decode_event(line.replace(b',"complete":true', b""))
    assert got.usage.complete
    got = decode_event(line.replace(b'"complete":true', b'"complete":false'))
    assert not got.usage.complete


def test_every_event_there_is_has_an_example() -> None:
    assert {event.type for event in EXAMPLES} == set(_CLASSES)


def test_attempts_that_were_written_before_they_could_enclose_others_enclose_none() -> None:
    line = next(one for one in GOLDEN.read_bytes().splitlines() if b'"encloses":true' in one)
    got: Any = decode_event(line.replace(b',"encloses":true', b""))
    assert not got.encloses
    assert got.discards


def test_fields_of_next_year_are_ignored() -> None:
    assert decode_event('{"type": "text_chunk", "delta": "x", "lang": "pt"}') == llm.TextChunk(
        delta="x"
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[]", "An event is an object, not list"),
        ('{"type": "video_chunk"}', "Unknown event type: 'video_chunk'"),
        ('{"type": 5}', "Unknown event type.$"),
        ('{"type": "what was said"}', "Unknown event type.$"),
        ('{"type": "text_chunk"}', "text_chunk.delta is missing"),
        ('{"type": "text_chunk", "delta": 5}', "text_chunk.delta: expected str, got int"),
        ('{"type": "text_chunk", "delta": "x", "id": 5}', "text_chunk.id: expected str"),
        ('{"type": "answer_end", "state": "fine"}', "answer_end.state: expected one of"),
        ('{"type": "usage_delta_chunk", "input_tokens": true}', "expected int, got bool"),
        (
            '{"type": "finish_reason_chunk", "finish_reason": "bored"}',
            "reason: expected one of max_",
        ),
        ('{"type": "answer_end", "state": "failed", "error": {"type": 5}}', "error.type: got int"),
        (
            '{"type": "answer_end", "state": "failed", "error": {"type": "E", "retry_after": []}}',
            "error.retry_after: got list",
        ),
        ("{", "Expecting property name"),
    ],
)
def test_what_is_no_event_is_refused(line: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        decode_event(line)


def test_unknown_errors_keep_their_name() -> None:
    class VendorError(Exception):
        pass

    end = decode_event(encode_event(AnswerEnd(state="failed", error=VendorError("no"))))
    assert isinstance(end, AnswerEnd)
    assert type(end.error) is llm.Error
    assert str(end.error) == "VendorError: no"


@pytest.mark.parametrize(
    "error", [llm.Error("no"), KeyError("moon"), llm.ParseError("no", ValueError("x"))]
)
def test_an_error_that_is_kept_twice_says_the_same(error: Exception) -> None:
    once = decode_event(encode_event(AnswerEnd(state="failed", error=error)))
    again = decode_event(encode_event(once))
    assert isinstance(once, AnswerEnd)
    assert isinstance(again, AnswerEnd)
    assert told(again.error) == told(once.error)
    assert str(once.error).endswith(str(error))


def test_the_form_is_json_that_anybody_reads() -> None:
    assert json.loads(encode_event(llm.TextChunk(delta="x", id="part_1"))) == {
        "type": "text_chunk",
        "content_type": "text",
        "delta": "x",
        "id": "part_1",
    }
