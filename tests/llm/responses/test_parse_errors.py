"""Why an answer could not be parsed: a cut answer is no bad JSON."""

from __future__ import annotations

from typing import Any

import pytest

from mirascope import llm

from .chunks import finish, text
from .conftest import Variant


def refused(response: Any) -> str:
    with pytest.raises(llm.ParseError) as raised:
        response.parse()
    return str(raised.value)


def test_a_stream_that_was_not_read(variant: Variant) -> None:
    format = llm.format(int, mode="json")
    response = variant.stream(text('{"outp', 'ut": 5}'), format=format)
    assert "has not been read: iterate it first, or call finish()" in refused(response)
    iterator = response.chunk_stream()
    variant.next(iterator)
    variant.next(iterator)
    assert "not been read to its end" in refused(response)
    variant.list(iterator)
    assert response.parse() == 5


def test_an_output_parser_is_not_run_on_what_was_not_read(variant: Variant) -> None:
    seen: list[str] = []

    @llm.output_parser(formatting_instructions="Shout.")
    def shout(response: llm.AnyResponse) -> str:
        seen.append(response.text())
        return response.text().upper()

    response = variant.stream(text("a", "b"), format=llm.format(shout, mode="parser"))
    assert "has not been read: iterate it first, or call finish()" in refused(response)
    iterator = response.chunk_stream()
    variant.next(iterator)
    variant.next(iterator)
    assert "not been read to its end: call finish()" in refused(response)
    assert seen == []
    variant.list(iterator)
    assert response.parse() == "AB"


@pytest.mark.parametrize("parser", [False, True])
def test_a_stream_that_was_left(variant: Variant, parser: bool) -> None:
    @llm.output_parser(formatting_instructions="A number.")
    def number(response: llm.AnyResponse) -> int:
        return int(response.text())

    format: Any = llm.format(number, mode="parser") if parser else llm.format(int, mode="json")
    response = variant.stream(text("{", "}"), format=format)
    iterator = response.chunk_stream()
    variant.next(iterator)
    variant.next(iterator)
    response.close()
    assert "did not end well (cancelled)" in refused(response)


def test_a_stream_that_broke(variant: Variant) -> None:
    error = llm.StreamTruncatedError("cut", "test")
    chunks = [llm.TextStartChunk(), llm.TextChunk(delta='{"o'), error]
    response = variant.stream(chunks, format=llm.format(int, mode="json"))
    with pytest.raises(llm.StreamTruncatedError):
        variant.run(response.finish())
    assert "did not end well (truncated)" in refused(response)


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        (llm.FinishReason.MAX_TOKENS, "raise max_tokens"),
        (llm.FinishReason.REFUSAL, "refused"),
        (llm.FinishReason.CONTEXT_LENGTH_EXCEEDED, "context"),
    ],
)
def test_an_answer_that_is_not_whole(variant: Variant, reason: Any, says: str) -> None:
    format = llm.format(int, mode="json")
    response = variant.stream([*text('{"outp'), finish(reason)], format=format)
    variant.run(response.finish())
    assert says in refused(response)
    whole = variant.response_class(
        raw=None,
        provider_id="test",
        model_id="test/model",
        provider_model_name="model",
        params={},
        format=format,
        input_messages=[],
        assistant_message=response.messages[-1],
        finish_reason=reason,
        usage=None,
    )
    assert says in refused(whole)


def test_an_answer_that_is_whole_but_wrong(variant: Variant) -> None:
    response = variant.stream(text("five"), format=llm.format(int, mode="json"))
    variant.run(response.finish())
    assert refused(response).startswith("The response could not be parsed: ")
