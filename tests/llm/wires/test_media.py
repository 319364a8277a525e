"""Citations, media and tools of the vendor's: what a wire writes of them, the codec reads."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope import llm
from mirascope.llm.messages import AssistantMessage
from mirascope.llm.responses.chunks import AnswerEnd, Event
from mirascope.llm.responses.fold import Fold, fold
from mirascope.llm.wires import Incoming
from tests.linear import LINEAR, growth
from tests.llm.providers.traffic import SHOWN, decode_events, events_of, request
from tests.llm.wires.sides import SIDES, Side

NAMES = ("chat", "responses", "messages", "generate_content", "cohere", "converse")
WITH_MEDIA = [side for side in SIDES if side.wire.name in NAMES]
SIDE = pytest.mark.parametrize("side", WITH_MEDIA, ids=repr)
SOUND: dict[str, Any] = {
    "extra_body": {
        "modalities": ["text", "audio"],
        "audio": {"voice": "alloy", "format": "pcm16"},
    }
}

# --- what an answer says, and what of it each wire cannot

Parts = tuple[Any, ...]


def said(parts: Sequence[Any]) -> Parts:
    """Return parts in a form in which they compare: without ids, arguments as JSON."""
    numbers: dict[str, int] = {}
    found: list[Any] = []
    for part in parts:
        match part:
            case llm.ProviderToolCall(id=id, name=name, args=args):
                numbers[id] = len(numbers)
                found.append(("asked", numbers[id], name, json.loads(args)))
            case llm.ProviderToolOutput(id=id, name=name, result=result, error=error):
                found.append(("gave", numbers.get(id, -1), name, result, error))
            case llm.Image(source=source):
                assert source.type == "base64_image_source"
                found.append(("image", source.mime_type, source.data))
            case llm.Audio(source=source, transcript=transcript):
                data = base64.b64decode(source.data)
                found.append(("audio", source.mime_type, data, transcript))
            case llm.Text(text=text, citations=citations):
                found.append(("text", text, tuple(map(place, citations))))
            case _:
                raise AssertionError(part)
    return tuple(found)


def place(citation: llm.Citation) -> tuple[Any, ...]:
    c = citation
    return (c.start, c.end, c.url, c.title, c.source, c.cited_text)


@dataclass(frozen=True)
class Losses:
    """What one wire has no words for, each a change to what is said."""

    changes: dict[str, Callable[[Parts], Parts]]

    def __call__(self, parts: Parts) -> Parts:
        for change in self.changes.values():
            parts = change(parts)
        return parts


def each(kind: str, change: Callable[[Any], Any]) -> Callable[[Parts], Parts]:
    """Return what `change` makes of every part of a kind; None leaves it out."""
    return lambda parts: tuple(
        new for p in parts if (new := change(p) if p[0] == kind else p) is not None
    )


def cites(change: Callable[[Any, str], Any]) -> Callable[[Parts], Parts]:
    def lose(part: Any) -> Any:
        return ("text", part[1], tuple(change(c, part[1]) for c in part[2]))

    return each("text", lose)


def outputs_after_calls(parts: Parts) -> Parts:
    gave = {part[1]: part for part in parts if part[0] == "gave"}
    found: list[Any] = []
    for part in parts:
        if part[0] == "asked":
            found += [part, *([gave[part[1]]] if part[1] in gave else [])]
        elif part[0] != "gave":
            found.append(part)
    return tuple(found)


def calls_before_outputs(parts: Parts) -> Parts:
    """A call stands before its output; one without an output, at the end."""
    asked = {part[1]: part for part in parts if part[0] == "asked"}
    gave = {part[1] for part in parts if part[0] == "gave"}
    found: list[Any] = []
    for part in parts:
        if part[0] == "gave":
            found += [asked[part[1]], part]
        elif part[0] != "asked":
            found.append(part)
    return renumbered((*found, *(asked[n] for n in sorted(asked) if n not in gave)))


def renumbered(parts: Parts) -> Parts:
    numbers: dict[int, int] = {}
    found: list[Any] = []
    for part in parts:
        if part[0] in ("asked", "gave"):
            number = numbers.setdefault(part[1], len(numbers))
            part = (part[0], number, *part[2:])
        found.append(part)
    return tuple(found)


def words_only(part: Any) -> Any:
    return ("text", part[3], ()) if part[3] else None


def joined_texts(parts: Parts) -> Parts:
    """Neighbours are one text; what was cited of them is in its place."""
    found: list[Any] = []
    for part in parts:
        if part[0] == "text" and found and found[-1][0] == "text":
            _, before, cited = found[-1]
            found[-1] = ("text", before + part[1], (*cited, *moved(part[2], len(before))))
        else:
            found.append(part)
    return tuple(found)


def moved(citations: Any, by: int) -> Any:
    return tuple(
        (None if c[0] is None else c[0] + by, None if c[1] is None else c[1] + by, *c[2:])
        for c in citations
    )


def by_field(parts: Parts) -> Parts:
    order = ("text", "audio", "image")
    return joined_texts(tuple(sorted(parts, key=lambda part: order.index(part[0]))))


def pages(*keys: str) -> Callable[[Parts], Parts]:
    def lose(part: Any) -> Any:
        if part[2] != "web_search" or part[3] is None:
            return part
        found = [{k: page[k] for k in keys if page.get(k)} for page in part[3]]
        return (*part[:3], found, part[4])

    return each("gave", lose)


def empty_search(part: Any) -> Any:
    return None if part[2] == "web_search" and part[3] == [] else part


def a_kind_of_search(part: Any) -> Any:
    return (*part[:3], {"type": "search", **part[3]}) if part[2] == "web_search" else part


def why_it_failed(part: Any) -> Any:
    own = part[2] in ("web_search", "file_search", "code_execution")
    return (*part[:4], "failed") if part[4] and own else part


def one_output(part: Any) -> Any:
    if part[2] != "code_execution" or part[3] is None:
        return part
    out = part[3]["stdout"] + part[3]["stderr"]
    return (*part[:3], {"stdout": out, "stderr": "", "return_code": None}, part[4])


def all_of_it(citation: Any, text: str) -> Any:
    return (0, len(text), *citation[2:]) if citation[0] is None else citation


def output_or_error(part: Any) -> Any:
    if part[2] != "code_execution":
        return part
    result = part[3] or {"stdout": "", "stderr": part[4], "return_code": 1}
    said, failed = result["stdout"] + result["stderr"], bool(result["return_code"])
    streams = {"stdout": "" if failed else said, "stderr": said if failed else ""}
    return (*part[:3], {**streams, "return_code": int(failed)}, None)


def error_in_result(part: Any) -> Any:
    return part if part[4] is None else (*part[:3], {"error": part[4]}, None)


def with_language(calls_with_output: bool) -> Callable[[Parts], Parts]:
    def lose(parts: Parts) -> Parts:
        gave = {part[1] for part in parts if part[0] == "gave"}

        def named(part: Any) -> Any:
            if part[2] != "code_execution" or part[1] not in gave:
                return part
            return (*part[:3], {"language": "PYTHON", **part[3]})

        return each("asked", named)(parts)

    return lose


def nothing(part: Any) -> None:
    return None


def no_tools_of_the_vendor(parts: Parts) -> Parts:
    return each("asked", nothing)(each("gave", nothing)(parts))


def error_as_result(part: Any) -> Any:
    return part if part[4] is None else (*part[:3], part[4], part[4])


NO_EMPTY = {"empty texts": each("text", lambda part: part if part[1] or part[2] else None)}
LOSSES: dict[str, Losses] = {
    "chat": Losses(
        {
            **NO_EMPTY,
            "tools of the vendor's": no_tools_of_the_vendor,
            "ids of files": cites(lambda c, _: (*c[:4], None, c[5])),
            "that a citation is for all of a text": cites(all_of_it),
            "order and number of parts": by_field,
        }
    ),
    "responses": Losses(
        {
            "sound": each("audio", words_only),
            **NO_EMPTY,
            "where an output stands": outputs_after_calls,
            "what pages say": pages("url", "title"),
            "a search that found nothing": each("gave", empty_search),
            "a search's kind": each("asked", a_kind_of_search),
            "why its tools failed": each("gave", why_it_failed),
            "whether code failed": each("gave", one_output),
            "what is quoted": cites(lambda c, _: (*c[:5], None)),
            "where what files support begins": cites(
                lambda c, _: c if c[2] or c[4] is None else (c[1], *c[1:])
            ),
            "files behind pages": cites(lambda c, _: (*c[:4], None, None) if c[2] else c),
        }
    ),
    "messages": Losses(
        {
            "images": each("image", nothing),
            "sound": each("audio", words_only),
            **NO_EMPTY,
            "what pages say": pages("url", "title", "page_age"),
            "where in a text": cites(lambda c, _: (None, None, *c[2:])),
            "files behind pages": cites(lambda c, _: (*c[:4], None, c[5]) if c[2] else c),
        }
    ),
    "generate_content": Losses(
        {
            "what is said in sound": each("audio", lambda part: (*part[:3], None)),
            **NO_EMPTY,
            "that a citation is for all of a text": cites(all_of_it),
            "what pages say": cites(lambda c, _: c if c[4] else (*c[:5], None)),
            "the language of code": with_language(True),
            "how code failed": each("gave", output_or_error),
            "errors": each("gave", error_in_result),
            "what comes before an output": calls_before_outputs,
            "where one text ends": joined_texts,
        }
    ),
    "cohere": Losses(
        {
            "images": each("image", nothing),
            "sound": each("audio", words_only),
            **NO_EMPTY,
            "tools of the vendor's": no_tools_of_the_vendor,
        }
    ),
    "converse": Losses(
        {
            "images": each("image", nothing),
            "sound": each("audio", words_only),
            **NO_EMPTY,
            "where in a text": cites(lambda c, _: (None, None, *c[2:])),
            "that a failed tool gave nothing else": each("gave", error_as_result),
        }
    ),
}


def expected(answer: Fold, side: Side) -> Parts:
    return LOSSES[side.wire.name](said(answer.parts_by_start()))


def read(parts: Sequence[Any], side: Side) -> Parts:
    found = said(parts)
    order = {
        "chat": by_field,
        "responses": outputs_after_calls,
        "generate_content": lambda parts: joined_texts(calls_before_outputs(parts)),
    }
    return order.get(side.wire.name, tuple)(found)


# --- answers

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).filter(str.strip)
IMAGES = st.binary(max_size=9).map(
    lambda more: llm.Image(
        source=llm.Base64ImageSource(
            type="base64_image_source",
            mime_type="image/png",
            data=base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\0" + more).decode(),
        )
    )
)


@st.composite
def citations(draw: st.DrawFn, text: str) -> llm.Citation:
    start = draw(st.none() | st.integers(0, len(text) - 1))
    end = None if start is None else draw(st.integers(start + 1, len(text)))
    source = draw(st.none() | st.sampled_from(["0", "7", "file_1"]))
    return llm.Citation(
        start=start,
        end=end,
        url="https://a.example" if source is None else draw(st.none() | st.just("https://b.test")),
        title=draw(st.none() | WORDS),
        source=source,
        cited_text=draw(st.none() | WORDS),
    )


@st.composite
def text_part(draw: st.DrawFn, id: str) -> list[Event]:
    text = draw(WORDS)
    events: list[Event] = [llm.TextStartChunk(id=id), llm.TextChunk(id=id, delta=text)]
    found = draw(st.lists(citations(text), max_size=2))
    events += [llm.CitationChunk(id=id, citation=citation) for citation in found]
    return [*events, llm.TextEndChunk(id=id)]


RESULTS: dict[str, tuple[st.SearchStrategy[Any], st.SearchStrategy[Any]]] = {
    "web_search": (
        st.fixed_dictionaries({"query": WORDS}),
        st.lists(
            st.fixed_dictionaries({"url": st.just("https://a.example"), "title": WORDS}), max_size=2
        ),
    ),
    "file_search": (
        st.fixed_dictionaries({"queries": st.lists(WORDS, max_size=2)}),
        st.lists(st.fixed_dictionaries({"file": WORDS, "title": WORDS, "text": WORDS}), max_size=2),
    ),
    "code_execution": (
        st.fixed_dictionaries({"code": WORDS}),
        st.fixed_dictionaries({"stdout": WORDS, "stderr": st.just(""), "return_code": st.just(0)}),
    ),
    "lookup": (st.dictionaries(WORDS, st.integers(), max_size=2), WORDS),
}


@st.composite
def tool_part(draw: st.DrawFn, id: str) -> list[Event]:
    name = draw(st.sampled_from(sorted(RESULTS)))
    args, results = RESULTS[name]
    asked = json.dumps(draw(args), ensure_ascii=False)
    cut = draw(st.integers(0, len(asked)))
    events: list[Event] = [
        llm.ProviderToolCallStartChunk(id=id, name=name),
        *(llm.ProviderToolCallChunk(id=id, delta=d) for d in (asked[:cut], asked[cut:])),
        llm.ProviderToolCallEndChunk(id=id),
    ]
    if draw(st.booleans()):
        return events
    error = draw(st.none() | WORDS)
    result = None if error else draw(results)
    output = llm.ProviderToolOutput(id=id, name=name, result=result, error=error)
    return [*events, llm.ProviderToolOutputChunk(output=output)]


@st.composite
def image_part(draw: st.DrawFn, id: str) -> list[Event]:
    image = draw(IMAGES)
    previews = draw(st.integers(0, 2))
    first: list[Event] = [llm.ImageChunk(id=id, image=image, preview=True)] * previews
    return [*first, llm.ImageChunk(id=id, image=image)]


@st.composite
def audio_part(draw: st.DrawFn, id: str) -> list[Event]:
    samples = draw(st.lists(st.binary(min_size=2, max_size=8), min_size=1, max_size=3))
    return [
        llm.AudioStartChunk(id=id, mime_type="audio/pcm;rate=24000"),
        *(llm.AudioChunk(id=id, delta=base64.b64encode(one).decode()) for one in samples),
        llm.AudioChunk(id=id, transcript=draw(WORDS)),
        llm.AudioEndChunk(id=id),
    ]


@st.composite
def answers(draw: st.DrawFn) -> list[Event]:
    """Parts one after another, or overlapping; sound at most once, as a wire has a field for it."""
    kinds = draw(st.lists(st.sampled_from([text_part, tool_part, image_part]), max_size=4))
    parts = [draw(kind(f"p{number}")) for number, kind in enumerate(kinds)]
    if draw(st.booleans()):
        parts.insert(draw(st.integers(0, len(parts))), draw(audio_part("sound")))
    end: list[Event] = [AnswerEnd(state="complete")]
    if draw(st.booleans()):
        return [*(event for events in parts for event in events), *end]
    # A preview holds a place in the order, as far as there is one, that the fold does not know of.
    parts = [[e for e in events if not getattr(e, "preview", False)] for events in parts]
    turns = draw(st.permutations([n for n, events in enumerate(parts) for _ in events]))
    left = [iter(events) for events in parts]
    return [*(next(left[number]) for number in turns), *end]


# --- the properties


def asked_for(side: Side, stream: bool) -> Any:
    sound = SOUND if side.wire.name == "chat" else {}
    return request(side.model_id, stream=stream, **SHOWN, **sound)


@SIDE
@given(events=answers(), cuts=st.lists(st.integers(0, 9000), max_size=6))
def test_a_stream_is_read_as_it_was_meant(side: Side, events: list[Event], cuts: list[int]) -> None:
    question = asked_for(side, stream=True)
    data = b"".join(f.data for f in side.wire.frames(events, side.read(question), 1))
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    decoder = side.codec.decoder(question)
    pieces = [data[start:end] for start, end in itertools.pairwise(edges)]
    answer = fold(decode_events(decoder, events_of(side.codec, pieces)))
    assert decoder.done
    assert read(answer.parts_by_start(), side) == expected(fold(events), side)


@SIDE
@given(events=answers())
def test_a_whole_answer_is_read_as_it_was_meant(side: Side, events: list[Event]) -> None:
    question = asked_for(side, stream=False)
    body = side.wire.body(events, side.read(question), 1)
    answer = fold(side.codec.decode(body, question))
    assert read(answer.parts_by_start(), side) == expected(fold(events), side)


@SIDE
@given(events=answers(), stream=st.booleans())
def test_what_was_said_comes_back_with_the_next_request(
    side: Side, events: list[Event], stream: bool
) -> None:
    """But for sound that Chat Completions keeps, which goes back by its id, its images, which do
    not go back at all, and what Google's texts rest on; its sound goes back in pieces.
    """
    question = asked_for(side, stream)
    asked = side.read(question)
    if stream:
        data = b"".join(f.data for f in side.wire.frames(events, asked, 1))
        decoded = decode_events(side.codec.decoder(question), events_of(side.codec, [data]))
    else:
        decoded = side.codec.decode(side.wire.body(events, asked, 1), question)
    answer = fold(decoded)
    turn = AssistantMessage(
        content=answer.parts_by_start(),
        provider_id=question.provider_id,
        model_id=question.model_id,
        provider_model_name=side.codec.provider_model_name(question),
        raw_message=answer.raw_message,
    )
    again = [*question.messages, turn, llm.messages.user("And?")]
    following = side.read(replace(question, messages=again))
    back = [p for m in following.messages if m.role == "assistant" for p in m.content]
    meant = read(answer.parts_by_start(), side)
    if side.wire.name == "chat":
        meant = each("image", nothing)(each("audio", nothing)(meant))
    if side.wire.name == "generate_content":
        meant = each("text", lambda part: (*part[:2], ()))(meant)
        meant, back = each("audio", nothing)(meant), [p for p in back if p.type != "audio"]
    assert read(back, side) == LOSSES[side.wire.name](meant)


# --- sizes

NO_IMAGES = {"messages", "cohere", "converse"}
"""Wires on which a model makes no images."""


def streamed(side: Side, events: list[Event], piece: int = 65_536) -> Fold:
    question = asked_for(side, stream=True)
    data = b"".join(f.data for f in side.wire.frames(events, side.read(question), 1))
    pieces = [data[start : start + piece] for start in range(0, len(data), piece)]
    return fold(decode_events(side.codec.decoder(question), events_of(side.codec, pieces)))


@pytest.mark.parametrize(
    "side", [side for side in WITH_MEDIA if side.wire.name not in NO_IMAGES], ids=repr
)
def test_ten_megabytes_arrive_as_they_are(side: Side) -> None:
    data = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40_960
    image = llm.Image.from_bytes(data)
    answer = streamed(side, [llm.ImageChunk(id="i", image=image), AnswerEnd(state="complete")])
    assert answer.images == [image]


def many(n: int) -> list[Event]:
    """Texts with citations, images, and calls with outputs, n of each."""
    image = llm.Image.from_bytes(b"\x89PNG\r\n\x1a\n" + bytes(16))
    events: list[Event] = []
    for number in range(n):
        id = f"p{number}"
        cited = llm.Citation(start=0, end=4, url="https://a.example")
        found = llm.ProviderToolOutput(id=id, name="lookup", result="Found.")
        events += [
            llm.TextStartChunk(id=id),
            llm.TextChunk(id=id, delta="Text that rests on something."),
            llm.CitationChunk(id=id, citation=cited),
            llm.TextEndChunk(id=id),
            llm.ProviderToolCallStartChunk(id=id, name="lookup"),
            llm.ProviderToolCallEndChunk(id=id),
            llm.ProviderToolOutputChunk(output=found),
            llm.ImageChunk(id=f"i{number}", image=image),
        ]
    return [*events, AnswerEnd(state="complete")]


@SIDE
def test_time_grows_with_the_number_of_parts(side: Side) -> None:
    def work(n: int) -> Callable[[], object]:
        events = many(n)
        return lambda: streamed(side, events)

    assert growth(work, 150) < LINEAR


@SIDE
def test_citations_out_of_bounds_break_nothing(side: Side) -> None:
    places = [(5, 2), (10**9, 10**10), (0, 10**9), (4, 4)]
    events: list[Event] = [
        llm.TextStartChunk(id="a"),
        llm.TextChunk(id="a", delta="Bär."),
        *(
            llm.CitationChunk(id="a", citation=llm.Citation(start=s, end=e, url="https://a.test"))
            for s, e in places
        ),
        llm.TextEndChunk(id="a"),
        AnswerEnd(state="complete"),
    ]
    [text] = streamed(side, events).texts
    assert len(text.citations) == len(places)
    for citation in text.citations:
        assert text.text[citation.start : citation.end] in ("", "Bär.")


# --- what Cohere and Converse say in words of their own

[COHERE] = [side for side in SIDES if side.wire.name == "cohere"]
[CONVERSE] = [side for side in SIDES if side.wire.name == "converse"]


def test_a_text_that_has_ended_can_be_cited_on_cohere() -> None:
    late = llm.Citation(start=0, end=3, source="d1")
    events: list[Event] = [
        llm.TextStartChunk(id="a"),
        llm.TextChunk(id="a", delta="One."),
        llm.TextEndChunk(id="a"),
        llm.TextStartChunk(id="b"),
        llm.TextChunk(id="b", delta="Two."),
        llm.CitationChunk(id="a", citation=late),
        llm.TextEndChunk(id="b"),
        AnswerEnd(state="complete"),
    ]
    first, second = streamed(COHERE, events).texts
    assert (first.citations, second.citations) == ([late], [])


def returned(side: Side, path: str, message: dict[str, Any]) -> list[llm.Text]:
    """Return the texts of a turn of the model that comes back."""
    content: Any = [{"text": "Hi."}] if side is CONVERSE else "Hi."
    asking = {"role": "user", "content": content}
    body = {"model": "m", "messages": [asking, {"role": "assistant", **message}, asking]}
    messages = side.wire.read(Incoming(path=path, query="", body=body)).messages
    return [part for m in messages for part in m.content if m.role == "assistant"]  # type: ignore[misc]  # of texts


def test_a_citation_of_no_block_in_particular_is_of_the_last_text() -> None:
    source = {"type": "tool", "id": "t:0", "tool_output": {"content": "-3"}}
    cited = {"start": 0, "end": 2, "type": "TEXT_CONTENT", "sources": [source]}
    thought = {**cited, "type": "THINKING_CONTENT"}
    content = [{"type": "text", "text": "One."}, {"type": "text", "text": "Two."}]
    message = {"content": content, "citations": [cited, thought]}
    first, second = returned(COHERE, "/v2/chat", message)
    assert first.citations == []
    assert second.citations == [llm.Citation(start=0, end=2, source="t:0", cited_text="-3")]


@pytest.mark.parametrize("number", [float("inf"), float("nan"), "1", None])
def test_what_is_no_number_is_no_place(number: Any) -> None:
    cited = {"start": number, "end": number, "content_index": number, "sources": [{"id": "d"}]}
    message = {"content": [{"type": "text", "text": "One."}], "citations": [cited]}
    [text] = returned(COHERE, "/v2/chat", message)
    assert text.citations == [llm.Citation(source="d")]
    place = {"location": {"documentChar": {"documentIndex": number}}, "title": "T"}
    block = {"citationsContent": {"content": [{"text": "One."}], "citations": [place]}}
    [text] = returned(CONVERSE, "/model/m/converse", {"content": [block]})
    assert text.citations == [llm.Citation(title="T")]
