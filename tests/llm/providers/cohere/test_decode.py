"""Chat wire to chunks, on streams in the vendor's documented shape, written for these tests."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.content import Citation, Text, Thought, ToolCall
from mirascope.llm.providers.cohere.codec import CohereCodec
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.responses.fold import Fold
from tests.llm.providers.traffic import (
    FIXTURES,
    SHOWN,
    decode_events,
    events_of,
    log_of,
    request,
)

CODEC = CohereCodec()
SHOWING = request("cohere/command-a-reasoning-08-2025", **SHOWN)
HIDING = request("cohere/command-a-reasoning-08-2025")


def played(name: str, asked: llm.Request = SHOWING) -> Fold:
    body = (FIXTURES / f"cohere-{name}.sse").read_bytes()
    return log_of(decode_events(CODEC.decoder(asked), events_of(CODEC, [body])))


def streamed(*events: dict[str, Any], asked: llm.Request = SHOWING) -> Fold:
    decoder = CODEC.decoder(asked)
    chunks = decode_events(decoder, [("", json.dumps(event).encode()) for event in events])
    assert decoder.done
    return log_of(chunks)


def told(kind: str, index: int | None = None, **message: Any) -> dict[str, Any]:
    event: dict[str, Any] = {"type": kind, "delta": {"message": message}}
    return event if index is None else {**event, "index": index}


def end(reason: str = "COMPLETE", **more: Any) -> dict[str, Any]:
    return {"type": "message-end", "delta": {"finish_reason": reason, **more}}


def whole(asked: llm.Request = SHOWING, **message: Any) -> Fold:
    body = {"id": "1", "finish_reason": "COMPLETE", "message": {"role": "assistant", **message}}
    return log_of(CODEC.decode(json.dumps(body).encode(), asked))


class TestContent:
    def test_text(self) -> None:
        log = played("text")
        assert log.content == [Text(text="Olá, Ada! 👋")]
        assert log.finish_reason is FinishReason.MAX_TOKENS
        content = [{"type": "text", "text": "Olá, Ada! 👋"}]
        assert log.raw_message == {"role": "assistant", "content": content}

    def test_thoughts_and_calls(self) -> None:
        log = played("thinking-tools")
        assert log.content == [
            Thought(thought="Two cities, two calls."),
            ToolCall(id="weather_4jz1", name="weather", args='{"city": "Paris"}'),
            ToolCall(id="time_9qx2", name="time", args="{}"),
        ]
        assert log.finish_reason is None

    def test_the_raw_message_is_what_the_vendor_takes_back(self) -> None:
        assert played("thinking-tools", HIDING).raw_message == {
            "role": "assistant",
            "content": [{"type": "thinking", "thinking": "Two cities, two calls."}],
            "tool_calls": [
                {
                    "id": "weather_4jz1",
                    "type": "function",
                    "function": {"name": "weather", "arguments": '{"city": "Paris"}'},
                },
                {
                    "id": "time_9qx2",
                    "type": "function",
                    "function": {"name": "time", "arguments": "{}"},
                },
            ],
        }

    def test_a_plan_is_a_thought(self) -> None:
        log = played("plan-tools")
        assert [part.type for part in log.content] == ["thought", "tool_call"]
        assert log.content[0] == Thought(thought="I will look it up.")

    def test_a_plan_that_nobody_asked_for_is_not_shown_but_kept(self) -> None:
        log = played("plan-tools", HIDING)
        assert [part.type for part in log.content] == ["tool_call"]
        raw: Any = log.raw_message
        assert raw["tool_plan"] == "I will look it up."

    def test_a_plan_ends_where_content_begins(self) -> None:
        log = streamed(
            told("tool-plan-delta", tool_plan="First."),
            told("content-start", 0, content={"type": "text", "text": "Well"}),
            told("content-delta", 0, content={"text": "."}),
            {"type": "content-end", "index": 0},
            end(),
        )
        assert log.content == [Thought(thought="First."), Text(text="Well.")]

    def test_citations(self) -> None:
        (text,) = played("citations").texts
        first, second = text.citations
        assert (text.text[first.start : first.end], text.text[second.start : second.end]) == (
            "tallest penguins",
            "Antarctica.",
        )
        assert first.source == "doc_1"
        assert first.cited_text == "Emperor penguins are the tallest."
        assert (second.source, second.cited_text) == ("search_y46a:0", "They live in Antarctica.")

    def test_a_citation_of_several_sources_is_several(self) -> None:
        document = {"title": "T", "url": "https://a.test/x", "snippet": "S"}
        sources = [
            {"type": "document", "id": "d", "document": document},
            {"type": "tool", "id": "t:0", "tool_output": {"rows": 3}},
            {"type": "of-the-future"},
        ]
        citation = {"start": 0, "end": 1, "text": "x", "sources": sources, "content_index": 1}
        blocks = [
            {"type": "thinking", "thinking": "t"},
            {"type": "text", "text": "x"},
            {"type": "text", "text": "y"},
        ]
        log = whole(content=blocks, citations=[citation])
        cited, other = log.texts
        assert cited.citations == [
            Citation(start=0, end=1, url="https://a.test/x", title="T", source="d", cited_text="S"),
            Citation(start=0, end=1, source="t:0"),
            Citation(start=0, end=1),
        ]
        assert other.citations == []

    @pytest.mark.parametrize("kind", ["THINKING_CONTENT", "PLAN", "TEXT_CONTENT"])
    def test_what_cites_no_text_is_kept_only(self, kind: str) -> None:
        citation = {"start": 0, "end": 1, "type": kind, "sources": [{"type": "tool", "id": "t"}]}
        blocks = [{"type": "text", "text": "x"}] if kind != "TEXT_CONTENT" else []
        log = whole(content=blocks, citations=[citation])
        assert [text.citations for text in log.texts] == [[]] * len(blocks)
        raw: Any = log.raw_message
        assert raw["citations"] == [citation]

    def test_citations_are_kept(self) -> None:
        raw: Any = played("citations").raw_message
        assert [c["text"] for c in raw["citations"]] == ["tallest penguins", "Antarctica."]
        assert raw["citations"][0]["sources"][0]["id"] == "doc_1"

    def test_blocks_may_overlap(self) -> None:
        log = streamed(
            told("content-start", 0, content={"type": "thinking", "thinking": ""}),
            told("content-start", 1, content={"type": "text", "text": ""}),
            told("content-delta", 1, content={"text": "a"}),
            told("content-delta", 0, content={"thinking": "b"}),
            end(),
        )
        assert {part.type for part in log.content} == {"text", "thought"}

    def test_a_delta_whose_start_never_came(self) -> None:
        log = streamed(
            told("content-delta", 0, content={"thinking": "hm"}),
            {"type": "content-end", "index": 0},
            told("content-delta", 1, content={"text": "yes"}),
            end(),
        )
        assert log.content == [Thought(thought="hm"), Text(text="yes")]

    def test_a_block_of_a_new_type_is_kept_and_not_shown(self) -> None:
        block = {"type": "image", "image": {"url": "data:"}}
        log = streamed(told("content-start", 0, content=block), end())
        assert log.content == []
        assert log.raw_message == {"role": "assistant", "content": [block]}
        assert whole(content=[block]).raw_message == log.raw_message

    def test_an_id_that_comes_twice_is_made_unique(self) -> None:
        call = {"id": "f_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        log = whole(tool_calls=[call, call])
        assert [part.id for part in log.content if isinstance(part, ToolCall)] == ["f_1", "f_1_2"]
        raw: Any = log.raw_message
        assert [call["id"] for call in raw["tool_calls"]] == ["f_1", "f_1_2"]

    def test_a_whole_answer(self) -> None:
        log = whole(
            tool_plan="Look.",
            content=[{"type": "thinking", "thinking": "t"}, {"type": "text", "text": "x"}],
            tool_calls=[{"id": "a", "function": {"name": "f", "arguments": '{"b": 1}'}}],
        )
        assert log.content == [
            Thought(thought="Look."),
            Thought(thought="t"),
            Text(text="x"),
            ToolCall(id="a", name="f", args='{"b": 1}'),
        ]

    def test_events_that_say_nothing_and_unknown_ones_are_passed_over(self) -> None:
        log = streamed(
            {"type": "debug", "prompt": "<system>"},
            {"type": "of-the-future", "index": 3},
            {"type": "message-start"},
            {"type": "tool-call-end", "index": 7},
            told("tool-call-delta", 7, tool_calls={"function": {"arguments": "{}"}}),
            told("citation-start", 0),
            end(),
        )
        assert log.content == []
        assert log.raw_message == {"role": "assistant"}


class TestUsage:
    def test_what_the_model_read_counts_and_not_what_is_billed(self) -> None:
        usage = played("thinking-tools").usage
        assert usage is not None
        assert (usage.input_tokens, usage.output_tokens) == (1501, 346)
        assert (usage.cache_read_tokens, usage.reasoning_tokens) == (1008, 304)
        raw: Any = usage.raw
        assert raw["billed_units"] == {"input_tokens": 84, "output_tokens": 314}

    @pytest.mark.parametrize(
        ("usage", "counts"),
        [
            ({"tokens": {"input_tokens": 5.0, "output_tokens": 2.9}}, (5, 2, 0)),
            ({"billed_units": {"input_tokens": 3, "output_tokens": 1}}, (3, 1, 0)),
            ({"tokens": {"input_tokens": 9}, "cached_tokens": 4.0}, (9, 0, 4)),
            ({"tokens": {"input_tokens": "many", "output_tokens": None}}, (0, 0, 0)),
        ],
    )
    def test_numbers(self, usage: Any, counts: tuple[int, int, int]) -> None:
        found = streamed(end(usage=usage)).usage
        assert found is not None
        assert (found.input_tokens, found.output_tokens, found.cache_read_tokens) == counts

    def test_none(self) -> None:
        assert streamed(end()).usage is None
        assert whole(content=[]).usage is None


class TestEnds:
    @pytest.mark.parametrize(
        ("word", "reason"),
        [
            ("COMPLETE", None),
            ("STOP_SEQUENCE", None),
            ("TOOL_CALL", None),
            ("MAX_TOKENS", FinishReason.MAX_TOKENS),
            ("ERROR_TOXIC", FinishReason.REFUSAL),
            ("ERROR_LIMIT", FinishReason.CONTEXT_LENGTH_EXCEEDED),
            ("OF_THE_FUTURE", None),
        ],
    )
    def test_finish_reasons(self, word: str, reason: FinishReason | None) -> None:
        assert streamed(end(word)).finish_reason is reason

    @pytest.mark.parametrize(
        ("delta", "error", "message"),
        [
            ({"finish_reason": "ERROR"}, llm.ServerError, "broke off the answer: ERROR"),
            ({"finish_reason": "ERROR", "error": "out of luck"}, llm.ServerError, "out of luck"),
            ({"finish_reason": "TIMEOUT"}, llm.TimeoutError, "TIMEOUT"),
            ({"error": "out of luck"}, llm.ServerError, "out of luck"),
        ],
    )
    def test_failures(self, delta: Any, error: type[Exception], message: str) -> None:
        with pytest.raises(error, match=message):
            streamed({"type": "message-end", "delta": delta})

    def test_a_whole_answer_that_failed(self) -> None:
        body = {"finish_reason": "ERROR", "message": {"content": []}}
        with pytest.raises(llm.ServerError, match="ERROR"):
            CODEC.decode(json.dumps(body).encode(), SHOWING)

    @pytest.mark.parametrize(
        "event",
        [
            {"id": "1", "message": "internal server error"},
            {"type": "error", "message": "internal server error"},
            {"error": {"message": "internal server error"}},
        ],
    )
    def test_an_error_in_the_middle(self, event: dict[str, Any]) -> None:
        with pytest.raises(llm.ServerError, match="internal server error"):
            streamed(event)

    @pytest.mark.parametrize("name", ["text", "thinking-tools", "plan-tools", "citations"])
    def test_a_stream_that_is_cut_is_not_whole(self, name: str) -> None:
        body = (FIXTURES / f"cohere-{name}.sse").read_bytes()
        events = events_of(CODEC, [body])
        for length in range(len(events) - 1):
            decoder = CODEC.decoder(SHOWING)
            decode_events(decoder, events[:length])
            assert decoder.done is (length > len(events) - 2)
        decoder = CODEC.decoder(SHOWING)
        decode_events(decoder, events[:-1])
        assert decoder.done
        assert not decoder.terminal

    def test_done_alone_makes_no_answer_whole(self) -> None:
        decoder = CODEC.decoder(SHOWING)
        decode_events(decoder, [("", b"[DONE]")])
        assert not decoder.done
        assert not decoder.terminal

    def test_done_is_the_last_of_all(self) -> None:
        decoder = CODEC.decoder(SHOWING)
        decode_events(decoder, [("", json.dumps(end()).encode()), ("", b"[DONE]")])
        assert decoder.terminal

    def test_an_end_that_comes_twice(self) -> None:
        assert streamed(end("MAX_TOKENS"), end()).finish_reason is FinishReason.MAX_TOKENS

    @pytest.mark.parametrize(
        "body", [b"{}", b"[]", b"null", b"", b'{"message": null}', b'{"message": []}', b"<html>"]
    )
    def test_a_body_that_is_no_answer(self, body: bytes) -> None:
        with pytest.raises(llm.ResponseValidationError, match="Cohere's Chat API"):
            CODEC.decode(body, SHOWING)

    def test_an_error_instead_of_an_answer(self) -> None:
        with pytest.raises(llm.ServerError, match="not today"):
            CODEC.decode(b'{"id": "1", "message": "not today"}', SHOWING)
