"""What a wire writes, the codec reads: `decode(write(events))` adds up to what the events do."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope import llm
from mirascope.llm.content import (
    TextChunk,
    TextEndChunk,
    TextStartChunk,
    ThoughtChunk,
    ThoughtEndChunk,
    ThoughtStartChunk,
    ToolCall,
    ToolCallChunk,
    ToolCallEndChunk,
    ToolCallStartChunk,
)
from mirascope.llm.responses.chunks import AnswerEnd, Event
from mirascope.llm.responses.finish_reason import FinishReason, FinishReasonChunk
from mirascope.llm.responses.fold import Fold, fold
from mirascope.llm.responses.usage import UsageDeltaChunk
from mirascope.llm.wires import Ending
from tests.llm.providers.traffic import SHOWN, decode_events, events_of, request
from tests.llm.wires.sides import SIDES, Side

SIDE = pytest.mark.parametrize("side", SIDES, ids=repr)

# --- what an answer says, and what of it each wire cannot


@dataclass(frozen=True)
class Said:
    """What is compared; parts are pairs of a kind and what is in it."""

    parts: tuple[tuple[str, Any], ...]
    finish: FinishReason | None
    usage: tuple[int, int, int, int, int] | None


def said(answer: Fold) -> Said:
    parts = tuple(
        ("call", (part.id, part.name, json.loads(part.args)))
        if isinstance(part, ToolCall)
        else (part.type, part.thought if part.type == "thought" else part.text)
        for part in answer.parts_by_start()
    )
    usage = answer.usage
    return Said(
        parts,
        answer.finish_reason,
        usage
        and (
            usage.input_tokens,
            usage.output_tokens,
            usage.cache_read_tokens,
            usage.cache_write_tokens,
            usage.reasoning_tokens,
        ),
    )


def without_empty_parts(answer: Said) -> Said:
    return replace(answer, parts=tuple(part for part in answer.parts if part[1] != ""))


def by_kind(answer: Said) -> Said:
    joined = {
        kind: "".join(text for k, text in answer.parts if k == kind) for kind in ("thought", "text")
    }
    calls = [part for part in answer.parts if part[0] == "call"]
    return replace(answer, parts=(*((kind, text) for kind, text in joined.items() if text), *calls))


def neighbours_joined(answer: Said) -> Said:
    parts: list[tuple[str, Any]] = []
    for kind, content in answer.parts:
        if kind != "call" and parts and parts[-1][0] == kind:
            parts[-1] = (kind, parts[-1][1] + content)
        else:
            parts.append((kind, content))
    return replace(answer, parts=tuple(parts))


def no_word_for_the_context(answer: Said) -> Said:
    if answer.finish is not FinishReason.CONTEXT_LENGTH_EXCEEDED:
        return answer
    return replace(answer, finish=FinishReason.MAX_TOKENS)


def no_word_for_a_refusal(answer: Said) -> Said:
    return replace(answer, finish=None) if answer.finish is FinishReason.REFUSAL else answer


def calls_last(answer: Said) -> Said:
    return replace(answer, parts=tuple(sorted(answer.parts, key=lambda part: part[0] == "call")))


def no_cache_writes(answer: Said) -> Said:
    if answer.usage is None:
        return answer
    read, written, cached, _, thought = answer.usage
    return replace(answer, usage=(read, written, cached, 0, thought))


def no_thought_tokens(answer: Said) -> Said:
    return replace(answer, usage=answer.usage and (*answer.usage[:4], 0))


Loss = Callable[[Said], Said]
EMPTY = {"empty parts": without_empty_parts}  # nothing of them is on any wire
LOSSES: dict[str, dict[str, Loss]] = {
    "chat": {
        **EMPTY,
        "order and number of parts": by_kind,  # a field for thoughts, texts and calls each
        "the context as the reason": no_word_for_the_context,
        "cache writes": no_cache_writes,
    },
    "responses": {**EMPTY, "the context as the reason": no_word_for_the_context},
    "messages": EMPTY,
    "generate_content": {
        **EMPTY,
        "where one text or thought ends": neighbours_joined,  # parts of a stream are deltas
        "the context as the reason": no_word_for_the_context,
        "cache writes": no_cache_writes,
    },
    "cohere": {
        **EMPTY,
        "texts and calls in turn": calls_last,  # a whole message has a field for each
        "the context as the reason": no_word_for_the_context,
        "a refusal as the reason": no_word_for_a_refusal,
        "cache writes": no_cache_writes,
    },
    "converse": {**EMPTY, "how many tokens were thoughts": no_thought_tokens},
    "invoke": EMPTY,
}
# Beside these, on every wire: the ids of texts and thoughts, and where deltas are cut, which are no
# part of what is said; the raw message and the raw usage, which are each vendor's own.


def expected(answer: Fold, side: Side) -> Said:
    found = said(answer)
    for lose in LOSSES[side.wire.name].values():
        found = lose(found)
    return found


def read(answer: Fold, side: Side) -> Said:
    """Return what came; what a wire does not tell about parts, it does not tell wrongly either."""
    found = said(answer)
    for lose in LOSSES[side.wire.name].values():
        found = replace(found, parts=lose(found).parts)
    return found


# --- answers

TEXTS = st.lists(st.text(max_size=8), max_size=4)
NUMBERS = st.integers(0, 10**6)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=4), below),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.text(max_size=4), JSON, max_size=3)
NAMES = st.from_regex(r"[a-zA-Z0-9_-]{1,12}", fullmatch=True)


@st.composite
def pieces(draw: st.DrawFn, text: str) -> list[str]:
    cuts = draw(st.lists(st.integers(0, len(text)), max_size=4).map(sorted))
    return [text[start:end] for start, end in itertools.pairwise([0, *cuts, len(text)])]


@st.composite
def part(draw: st.DrawFn, number: int) -> list[Event]:
    kind = draw(st.sampled_from(["text", "thought", "call"]))
    if kind == "text":
        id = f"text_{number}"
        deltas: list[Event] = [TextChunk(id=id, delta=delta) for delta in draw(TEXTS)]
        return [TextStartChunk(id=id), *deltas, TextEndChunk(id=id)]
    if kind == "thought":
        id = f"thought_{number}"
        deltas = [ThoughtChunk(id=id, delta=delta) for delta in draw(TEXTS)]
        return [ThoughtStartChunk(id=id), *deltas, ThoughtEndChunk(id=id)]
    id = f"{draw(NAMES)}_{number}"
    separators = draw(st.sampled_from([(",", ":"), (", ", ": ")]))
    written = json.dumps(draw(OBJECTS), separators=separators, ensure_ascii=draw(st.booleans()))
    args = draw(st.just("") | st.just(" ") | st.just(written))
    deltas = [ToolCallChunk(id=id, delta=delta) for delta in draw(pieces(args))]
    return [ToolCallStartChunk(id=id, name=draw(NAMES)), *deltas, ToolCallEndChunk(id=id)]


@st.composite
def contents(draw: st.DrawFn) -> list[Event]:
    """Parts one after another, or overlapping in whatever way."""
    parts = [draw(part(number)) for number in range(draw(st.integers(0, 4)))]
    if draw(st.booleans()):
        return [event for events in parts for event in events]
    turns = draw(st.permutations([n for n, events in enumerate(parts) for _ in events]))
    left = [iter(events) for events in parts]
    return [next(left[number]) for number in turns]


@st.composite
def usages(draw: st.DrawFn) -> list[UsageDeltaChunk]:
    """Reports of which the earlier ones come before the content."""
    if draw(st.booleans()):
        return []
    cached, written, reasoning = draw(NUMBERS), draw(NUMBERS), draw(NUMBERS)
    asked = UsageDeltaChunk(
        input_tokens=cached + written + draw(NUMBERS),
        cache_read_tokens=cached,
        cache_write_tokens=written,
    )
    answered = UsageDeltaChunk(output_tokens=reasoning + draw(NUMBERS), reasoning_tokens=reasoning)
    return [asked, answered]


@st.composite
def answers(draw: st.DrawFn) -> list[Event]:
    events: list[Event] = draw(contents())
    reports = draw(usages())
    ends: list[Event] = [
        FinishReasonChunk(finish_reason=reason)
        for reason in draw(st.lists(st.sampled_from(FinishReason), max_size=1))
    ]
    known = draw(st.integers(0, len(reports)))
    return [*reports[:known], *events, *ends, *reports[known:], AnswerEnd(state="complete")]


def ending_of(events: Sequence[Event], known: bool) -> Ending:
    refused = FinishReasonChunk(finish_reason=FinishReason.REFUSAL) in events
    return Ending(refused=refused and known)


# --- the properties


@SIDE
@given(events=answers(), cuts=st.lists(st.integers(0, 4000), max_size=6), known=st.booleans())
def test_a_stream_is_read_as_it_was_meant(
    side: Side, events: list[Event], cuts: list[int], known: bool
) -> None:
    question = request(side.model_id, stream=True, **SHOWN)
    asked = side.read(question)
    data = b"".join(
        frame.data for frame in side.wire.frames(events, asked, 1, ending_of(events, known))
    )
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    parts = [data[start:end] for start, end in itertools.pairwise(edges)]
    decoder = side.codec.decoder(question)
    answer = fold(decode_events(decoder, events_of(side.codec, parts)))
    assert decoder.done
    assert read(answer, side) == expected(fold(events), side)


@SIDE
@given(events=answers())
def test_a_whole_answer_is_read_as_it_was_meant(side: Side, events: list[Event]) -> None:
    question = request(side.model_id, **SHOWN)
    body = side.wire.body(events, side.read(question), 1)
    answer = fold(side.codec.decode(body, question))
    assert read(answer, side) == expected(fold(events), side)


@SIDE
@given(events=answers())
def test_a_stream_is_cut_short_unless_its_end_was_said(side: Side, events: list[Event]) -> None:
    """Whoever reads a stream whose source went away does not take it for whole."""
    question = request(side.model_id, stream=True, **SHOWN)
    data = b"".join(f.data for f in side.wire.frames(events[:-1], side.read(question), 1))
    with pytest.raises(llm.ServerError):
        decode_events(side.codec.decoder(question), events_of(side.codec, [data]))
    with pytest.raises(ValueError, match="not complete but"):
        side.wire.body(events[:-1], side.read(request(side.model_id)), 1)


@SIDE
def test_parts_whose_end_is_not_said_end_with_the_answer(side: Side) -> None:
    """As in chunks written by hand: a log takes them, so a wire does."""
    events: list[Event] = [
        TextStartChunk(id="a"),
        TextChunk(id="a", delta="One."),
        TextStartChunk(id="b"),
        TextChunk(id="b", delta="Two."),
        AnswerEnd(state="complete"),
    ]
    question = request(side.model_id, stream=True)
    data = b"".join(frame.data for frame in side.wire.frames(events, side.read(question), 1))
    decoder = side.codec.decoder(question)
    answer = fold(decode_events(decoder, events_of(side.codec, [data])))
    assert decoder.done
    assert "".join(text.text for text in answer.texts) == "One.Two."


ERRORS = [
    llm.BadRequestError("No.", "test"),
    llm.AuthenticationError("No.", "test"),
    llm.PermissionError("No.", "test"),
    llm.NotFoundError("No.", "test"),
    llm.RateLimitError("No.", "test"),
    llm.ServerError("No.", "test"),
    llm.TimeoutError("No.", "test"),
]


@SIDE
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@given(events=contents())
def test_an_error_is_read_as_the_same_error(
    side: Side, error: llm.ProviderError, events: list[Event]
) -> None:
    question = request(side.model_id, stream=True, **SHOWN)
    log = [*events, AnswerEnd(state="failed", error=error)]
    data = b"".join(frame.data for frame in side.wire.frames(log, side.read(question), 1))
    told = type(error)
    if side.wire.name == "cohere" and not isinstance(error, llm.TimeoutError):
        told = llm.ServerError  # a stream tells failures from timeouts, and nothing else
    with pytest.raises(told, match=r"No\."):
        decode_events(side.codec.decoder(question), events_of(side.codec, [data]))
    with pytest.raises(type(error)):
        side.wire.body(log, side.read(question), 1)


@SIDE
@given(events=contents())
def test_what_is_next_is_written_at_once(side: Side, events: list[Event]) -> None:
    """No delta waits, but for another part's turn or, where calls come whole, its call's end."""
    writer = side.wire.writer(side.read(request(side.model_id, stream=True)), 1)
    open_parts: set[tuple[str, str | None]] = set()
    for event in events:
        frames = writer.feed(event)
        key = (event.content_type, event.id)  # type: ignore[union-attr]  # content only
        open_parts |= {key}
        alone = open_parts == {key}
        whole_calls = side.wire.name == "generate_content" and key[0] == "tool_call"
        if getattr(event, "delta", "") and alone and not whole_calls:
            assert any(frame.content for frame in frames)
        if type(event).__name__.endswith("EndChunk"):
            open_parts.discard(key)
