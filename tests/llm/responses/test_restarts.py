"""An answer that begins again: readers of what is void notice, and what is new is whole."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.responses.chunks import AnsweredBy, AnswerEnd, Event
from mirascope.llm.responses.fold import fold

from .conftest import Variant

BROKEN = llm.ServerError("overloaded", "test", 529)
RESTART = Attempt(model="test/model", started=1, ended=2, error=BROKEN, discards=True)
SUCCESS = Attempt(model="test/model", started=3, ended=4, wait=1.0)


def text(*deltas: str, id: str | None = None) -> list[Event]:
    return [
        llm.TextStartChunk(id=id),
        *(llm.TextChunk(id=id, delta=delta) for delta in deltas),
        llm.TextEndChunk(id=id),
    ]


FIRST: list[Event] = [
    llm.UsageDeltaChunk(input_tokens=7),
    *text("old ", "words"),
    llm.ToolCallStartChunk(id="c1", name="add"),
    llm.ToolCallChunk(id="c1", delta="{"),
]
SECOND: list[Event] = [llm.UsageDeltaChunk(input_tokens=8), *text("new ", "text")]
EVENTS: list[Event] = [*FIRST, RESTART, *SECOND, SUCCESS]


@pytest.fixture
def response(variant: Variant) -> Any:
    return variant.stream(EVENTS)


def read(variant: Variant, iterator: Any) -> tuple[list[Any], BaseException | None]:
    """Return what an iterator brings, and what it raises."""
    found: list[Any] = []
    try:
        while True:
            found.append(variant.next(iterator))
    except StopIteration:
        return found, None
    except llm.Error as error:
        return found, error


@pytest.mark.parametrize("method", ["text_stream", "chunk_stream", "event_stream", "pretty_stream"])
def test_the_reader_is_told_and_reads_again(variant: Variant, response: Any, method: str) -> None:
    _, error = read(variant, getattr(response, method)())
    assert isinstance(error, llm.StreamRestarted)
    assert error.__cause__ is BROKEN
    assert error.failure.model.model_id == "test/model"
    assert response.state == "streaming"
    assert (response.content, response.usage) == ([], None)
    found, error = read(variant, response.text_stream())
    assert ("".join(found), error) == ("new text", None)
    assert response.state == "complete"
    assert response.content == [llm.Text(text="new text")]
    assert response.tool_calls == []
    assert response.usage == llm.Usage(input_tokens=8)
    assert response.messages[-1].content == response.content


def test_readers_of_what_is_void_never_see_what_is_new(variant: Variant, response: Any) -> None:
    slow, quick, waiting = response.text_stream(), response.text_stream(), response.streams()
    assert variant.next(slow) == "old "
    stream = variant.next(waiting)
    _, error = read(variant, quick)
    assert isinstance(error, llm.StreamRestarted)
    variant.run(response.finish())
    rest, error = read(variant, slow)
    assert rest == ["words"]
    assert isinstance(error, llm.StreamRestarted)
    deltas, _ = read(variant, variant.iter(stream))
    assert deltas == ["old ", "words"]
    _, error = read(variant, waiting)
    assert isinstance(error, llm.StreamRestarted)
    assert response.state == "complete"
    assert response.text() == "new text"


def test_a_substream_that_was_not_begun_stays_with_its_own(variant: Variant, response: Any) -> None:
    stream = variant.next(response.streams())
    variant.run(response.finish())
    deltas, _ = read(variant, variant.iter(stream))
    assert deltas == ["old ", "words"]


def test_finish_reads_on(variant: Variant, response: Any) -> None:
    variant.run(response.finish())
    assert response.text() == "new text"
    assert response.events == [RESTART, *SECOND, SUCCESS, AnswerEnd(state="complete")]


def test_the_attempts_are_told_with_what_each_used(variant: Variant, response: Any) -> None:
    variant.run(response.finish())
    first, second = response.attempts
    assert (first.error, first.usage) == (BROKEN, llm.Usage(input_tokens=7))
    assert (second.error, second.usage) == (None, llm.Usage(input_tokens=8))
    assert second.wait == 1.0


def test_a_message_that_was_taken_stays_as_it_was(variant: Variant, response: Any) -> None:
    reader = response.text_stream()
    variant.next(reader)
    taken = response.messages[-1]
    variant.run(response.finish())
    assert taken.content == [llm.Text(text="old words")]
    assert response.messages[-1].content == [llm.Text(text="new text")]


def test_partials_begin_again(variant: Variant) -> None:
    class Book(BaseModel):
        title: str

    events = [*text('{"title": "Ol'), RESTART, *text('{"title": "New"}')]
    response = variant.stream(events, format=llm.format(Book, mode="json"))
    partials, error = read(variant, response.structured_stream())
    assert [partial.title for partial in partials] == ["Ol"]
    assert isinstance(error, llm.StreamRestarted)
    assert response.parse(partial=True) is None
    variant.run(response.finish())
    assert response.parse() == Book(title="New")
    assert response.parse(partial=True).title == "New"


@pytest.mark.parametrize("how", ["json", "pickle", "deepcopy"])
def test_what_is_kept_is_the_new_answer(variant: Variant, response: Any, how: str) -> None:
    variant.run(response.finish())
    keep: dict[str, Callable[[], Any]] = {
        "json": lambda: response.from_json(response.to_json()),
        "pickle": lambda: pickle.loads(pickle.dumps(response)),
        "deepcopy": lambda: copy.deepcopy(response),
    }
    kept = keep[how]()
    assert kept.text() == "new text"
    assert kept.messages[-1].content == [llm.Text(text="new text")]
    assert [str(one.error) for one in kept.attempts] == ["overloaded", "None"]
    assert kept.usage == response.usage
    found, error = read(variant, kept.text_stream())
    assert ("".join(found), error) == ("new text", None)


def test_ids_may_be_used_again(variant: Variant) -> None:
    format_tool = llm.ToolCallStartChunk(id="c1", name="__mirascope_formatted_output_tool__")
    events = [format_tool, RESTART, format_tool, llm.ToolCallEndChunk(id="c1")]
    response = variant.stream(events)
    variant.run(response.finish())
    assert response.tool_calls == []


def test_who_answered_is_who_answered_last(variant: Variant) -> None:
    other = AnsweredBy(provider_id="b", model_id="b/m", provider_model_name="m")
    response = variant.stream([*text("a"), RESTART, other, *text("b")])
    variant.run(response.finish())
    assert (response.model_id, response.messages[-1].provider_id) == ("b/m", "b")


def test_a_whole_answer_that_began_again() -> None:
    class Again(llm.providers.BaseProvider):
        id = "again"
        default_scope = "again/"

        def open(self, request: Any) -> Iterator[Event]:
            return iter(EVENTS)

    llm.register_provider(Again())
    response = llm.Model("again/m").call("?")
    assert response.text() == "new text"
    assert len(response.attempts) == 2
    again = llm.Response.from_json(response.to_json())
    assert again.content == response.content
    assert len(again.attempts) == 2


def test_a_fold_is_the_same_from_a_log_in_full() -> None:
    whole, kept = fold(EVENTS), fold([RESTART, *SECOND, SUCCESS])
    assert whole.content == kept.content == [llm.Text(text="new text")]
    assert whole.usage == kept.usage
