"""What each chunk does to a response, and what does not fit (spec: per-chunk state)."""

from __future__ import annotations

from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.formatting import FORMAT_TOOL_NAME
from mirascope.llm.responses import RawMessageChunk, RawStreamEventChunk

from .chunks import CASES, INTERLEAVED, args, call, end, finish, start, text, thought
from .conftest import Variant


def states(variant: Variant, chunks: list[Any]) -> list[tuple[Any, ...]]:
    """Return (content, texts, thoughts, tool calls) after each chunk, as plain values."""
    response = variant.stream(chunks)
    seen = []
    iterator = response.chunk_stream()
    for _ in chunks:
        variant.next(iterator)
        assert response.messages[-1].content is response.content
        seen.append(
            (
                len(response.content),
                [part.text for part in response.texts],
                [part.thought for part in response.thoughts],
                [part.args for part in response.tool_calls],
            )
        )
    return seen


def test_fresh(variant: Variant) -> None:
    response = variant.stream(text("a"))
    assert response.chunks == response.content == response.texts == []
    assert response.thoughts == response.tool_calls == []
    assert response.raw_stream_events == []
    assert response.finish_reason is response.usage is response.error is None
    assert response.state == "pending"
    assert not response.consumed
    assert not response.closed
    assert [message.role for message in response.messages] == ["user", "assistant"]
    assert response.messages[-1].raw_message is None


def test_text_appears_at_once_and_grows_in_place(variant: Variant) -> None:
    assert states(variant, text("a", "b")) == [
        (1, [""], [], []),
        (1, ["a"], [], []),
        (1, ["ab"], [], []),
        (1, ["ab"], [], []),
    ]
    response = variant.stream(text("a", "b"))
    iterator = response.chunk_stream()
    variant.next(iterator)
    held = response.texts[0]
    variant.next(iterator)
    assert held == llm.Text(text="a")
    variant.list(iterator)
    assert held is response.content[0]
    assert held.text == "ab"


def test_thoughts_and_tool_calls_appear_when_complete(variant: Variant) -> None:
    assert states(variant, thought("a", "b")) == [
        (0, [], [], []),
        (0, [], [], []),
        (0, [], [], []),
        (1, [], ["ab"], []),
    ]
    assert states(variant, call("1", "{", "}")) == [
        (0, [], [], []),
        (0, [], [], []),
        (0, [], [], []),
        (1, [], [], ["{}"]),
    ]


@pytest.mark.parametrize("deltas", [(), ("",), (" ", "\n\t")])
def test_blank_arguments_become_an_empty_object(variant: Variant, deltas: tuple[str, ...]) -> None:
    response = variant.stream(call("1", *deltas))
    variant.run(response.finish())
    assert response.tool_calls == [llm.ToolCall(id="1", name="tool", args="{}")]


def test_interleaved_calls_surface_in_end_order(variant: Variant) -> None:
    response = variant.stream(INTERLEAVED)
    variant.run(response.finish())
    assert [(part.id, part.args) for part in response.tool_calls] == [
        ("2", '{"y": 2}'),
        ("1", '{"x": 1}'),
        ("3", "{}"),
    ]


def test_an_id_may_be_used_again(variant: Variant) -> None:
    response = variant.stream([*call("1", "1"), *call("1", "2")])
    variant.run(response.finish())
    assert [part.args for part in response.tool_calls] == ["1", "2"]


def test_open_parts_at_the_end(variant: Variant) -> None:
    response = variant.stream([llm.TextStartChunk(), llm.TextChunk(delta="half")])
    variant.run(response.finish())
    assert response.texts == [llm.Text(text="half")]
    response = variant.stream([start("1"), args("1", "{")])
    variant.run(response.finish())
    assert response.content == []


@pytest.mark.parametrize(
    ("chunks", "message"),
    [
        ([llm.TextChunk(delta="a")], "Received text_chunk while not processing text."),
        ([llm.TextEndChunk()], "Received text_end_chunk while not processing text."),
        ([llm.ThoughtChunk(delta="a")], "Received thought_chunk while not processing thought."),
        ([llm.ThoughtEndChunk()], "Received thought_end_chunk while not processing thought."),
        (
            [llm.TextStartChunk(), llm.TextStartChunk()],
            "Received text_start_chunk while processing another chunk",
        ),
        (
            [llm.ThoughtStartChunk(), llm.TextStartChunk()],
            "Received text_start_chunk while processing another chunk",
        ),
        (
            [start("1"), llm.ThoughtStartChunk()],
            "Received thought_start_chunk while processing another chunk",
        ),
        (
            [llm.TextStartChunk(), start("1")],
            "Received tool_call_start_chunk while processing another chunk",
        ),
        ([start("1"), start("1")], "Got tool_call_start_chunk with conflicting id"),
        ([args("1", "{")], "Received tool_call_chunk for unknown tool call ID: 1"),
        ([end("1")], "Received tool_call_end_chunk for unknown tool call ID: 1"),
        (
            [finish(llm.FinishReason.MAX_TOKENS), llm.TextStartChunk()],
            "Stream already finished with reason",
        ),
        (
            [
                llm.TextStartChunk(),
                finish(llm.FinishReason.MAX_TOKENS),
                llm.TextChunk(delta="late"),
            ],
            "Stream already finished with reason",
        ),
    ],
)
def test_sequence_errors(variant: Variant, chunks: list[Any], message: str) -> None:
    response = variant.stream(chunks)
    with pytest.raises(RuntimeError) as raised:
        variant.run(response.finish())
    assert message in str(raised.value)
    assert all(chunk is not chunks[-1] for chunk in response.chunks)
    assert response.state == "failed"
    assert response.error is raised.value


def test_bookkeeping(variant: Variant) -> None:
    tools = [llm.ProviderToolUsage(name="web_search", call_count=1)]
    response = variant.stream(
        [
            RawStreamEventChunk(raw_stream_event={"n": 1}),
            llm.UsageDeltaChunk(input_tokens=5, output_tokens=1, provider_tool_usage=tools),
            *text("a"),
            finish(llm.FinishReason.REFUSAL),
            RawMessageChunk(raw_message={"first": True}),
            llm.UsageDeltaChunk(
                output_tokens=2, cache_read_tokens=3, cache_write_tokens=4, reasoning_tokens=1
            ),
            RawMessageChunk(raw_message={"last": True}),
            RawStreamEventChunk(raw_stream_event={"n": 2}),
        ]
    )
    assert len(variant.list(response.chunk_stream())) == 3
    assert response.finish_reason is llm.FinishReason.REFUSAL
    assert response.usage == llm.Usage(
        input_tokens=5,
        output_tokens=3,
        cache_read_tokens=3,
        cache_write_tokens=4,
        reasoning_tokens=1,
        provider_tool_usage=tools,
    )
    assert response.usage.total_tokens == 8
    assert response.messages[-1].raw_message == {"last": True}
    assert response.raw_stream_events == [{"n": 1}, {"n": 2}]


def test_no_usage_is_none(variant: Variant) -> None:
    response = variant.stream(text("a"))
    variant.run(response.finish())
    assert response.usage is None


FORMAT = FORMAT_TOOL_NAME


class TestFormatTool:
    def test_is_shown_as_text(self, variant: Variant) -> None:
        response = variant.stream(call("f", '{"a"', ": 1}", name=FORMAT))
        assert variant.list(response.chunk_stream()) == text('{"a"', ": 1}")
        assert response.text() == '{"a": 1}'
        assert response.tool_calls == []

    def test_empty_is_an_empty_text(self, variant: Variant) -> None:
        response = variant.stream(call("f", name=FORMAT))
        variant.run(response.finish())
        assert response.content == [llm.Text(text="")]

    def test_beside_other_tools(self, variant: Variant) -> None:
        response = variant.stream([*call("1", "{}"), *call("f", "x", name=FORMAT)])
        variant.run(response.finish())
        assert response.content == [
            llm.ToolCall(id="1", name="tool", args="{}"),
            llm.Text(text="x"),
        ]

    @pytest.mark.parametrize("ends", [["f", "1"], ["1", "f"]])
    def test_interleaved_with_another_call(self, variant: Variant, ends: list[str]) -> None:
        chunks = [
            start("f", FORMAT),
            args("f", "a"),
            start("1"),
            args("1", "{"),
            args("f", "b"),
            args("1", "}"),
            *[end(id) for id in ends],
        ]
        response = variant.stream(chunks)
        assert "".join(variant.list(response.text_stream())) == "ab"
        assert response.text() == "ab"
        assert [part.args for part in response.tool_calls] == ["{}"]
        assert "".join(variant.list(response.pretty_stream())) == response.pretty()

    def test_two_at_once_are_told_apart_and_read_in_turn(self, variant: Variant) -> None:
        chunks = [
            start("f", FORMAT),
            start("g", FORMAT),
            args("g", "2"),
            args("f", "1"),
            end("g"),
            end("f"),
        ]
        response = variant.stream(chunks)
        seen = variant.list(response.chunk_stream())
        assert [(type(chunk), chunk.id) for chunk in seen] == [
            (llm.TextStartChunk, "f"),
            (llm.TextStartChunk, "g"),
            (llm.TextChunk, "g"),
            (llm.TextChunk, "f"),
            (llm.TextEndChunk, "g"),
            (llm.TextEndChunk, "f"),
        ]
        assert response.text() == "1\n2" == "".join(variant.list(response.text_stream()))
        assert "".join(variant.list(response.pretty_stream())) == response.pretty()

    def test_cut_by_max_tokens(self, variant: Variant) -> None:
        chunks = [start("f", FORMAT), args("f", '{"a'), finish(llm.FinishReason.MAX_TOKENS)]
        response = variant.stream(chunks)
        variant.run(response.finish())
        assert response.text() == '{"a'
        assert response.finish_reason is llm.FinishReason.MAX_TOKENS


@pytest.mark.parametrize("name", CASES)
def test_a_whole_response_of_the_same_parts(variant: Variant, name: str) -> None:
    stream = variant.stream(CASES[name])
    variant.run(stream.finish())
    whole = variant.response_class(
        raw=None,
        provider_id="test",
        model_id="test/model",
        provider_model_name="model",
        params={},
        input_messages=[],
        assistant_message=stream.messages[-1],
        finish_reason=None,
        usage=None,
    )
    assert whole.content == stream.content
    assert whole.texts == stream.texts
    assert whole.tool_calls == stream.tool_calls
    assert whole.thoughts == stream.thoughts
    assert whole.text() == stream.text()
    assert whole.messages == [stream.messages[-1]]


def test_a_whole_response_shows_the_format_tool_as_text() -> None:
    message = llm.messages.assistant(
        [llm.ToolCall(id="1", name=FORMAT, args="{}")], model_id=None, provider_id=None
    )
    response: llm.Response = llm.Response(
        raw=None,
        provider_id="test",
        model_id="test/model",
        provider_model_name="model",
        params={},
        input_messages=[],
        assistant_message=message,
        finish_reason=None,
        usage=None,
    )
    assert response.content == [llm.Text(text="{}")]
    assert response.tool_calls == []
    assert response.messages[-1].content == response.content
