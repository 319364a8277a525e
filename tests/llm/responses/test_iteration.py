"""Iterators: replay, concurrent readers, substreams, and what they yield."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope import llm

from .chunks import CASES, INTERLEAVED, MIXED, args, call, end, start, text, thought
from .conftest import Variant

METHODS = ["chunk_stream", "text_stream", "pretty_stream"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", CASES)
def test_a_second_pass_is_equal(variant: Variant, name: str, method: str) -> None:
    response = variant.stream(CASES[name])
    first = variant.list(getattr(response, method)())
    assert response.consumed
    assert response.state == "complete"
    assert variant.list(getattr(response, method)()) == first


def test_replay_gives_the_same_objects(variant: Variant) -> None:
    response = variant.stream(MIXED)
    first = variant.list(response.chunk_stream())
    assert [id(c) for c in variant.list(response.chunk_stream())] == [id(c) for c in first]
    assert first == MIXED


def test_a_partial_pass_is_replayed_then_goes_on(variant: Variant) -> None:
    response = variant.stream(MIXED)
    old = response.chunk_stream()
    head = [variant.next(old) for _ in range(3)]
    assert not response.consumed
    assert variant.list(response.chunk_stream()) == MIXED
    assert head + variant.list(old) == MIXED  # the old iterator goes on where it stopped


def test_consumed_only_when_asked_past_the_end(variant: Variant) -> None:
    response = variant.stream(text("a"))
    iterator = response.chunk_stream()
    for _ in range(3):
        variant.next(iterator)
    assert not response.consumed
    with pytest.raises(StopIteration):
        variant.next(iterator)
    assert response.consumed


def test_an_empty_stream(variant: Variant) -> None:
    response = variant.stream([])
    with pytest.raises(StopIteration):
        variant.next(response.chunk_stream())
    assert response.consumed
    assert response.text() == response.pretty() == ""


@given(order=st.lists(st.integers(0, 3), max_size=60))
def test_readers_interleaved_by_hand(order: list[int]) -> None:
    variant = Variant(asynchronous=False, context=False)
    response = variant.stream(MIXED)
    readers = [response.chunk_stream() for _ in range(4)]
    seen: list[list[Any]] = [[] for _ in readers]
    for index in order:
        seen[index] += [chunk for chunk in [next(readers[index], None)] if chunk is not None]
    for index, reader in enumerate(readers):
        seen[index] += list(reader)
    assert seen == [MIXED] * 4


def test_readers_in_threads() -> None:
    chunks = text(*[str(number) for number in range(2000)])
    response = Variant(asynchronous=False, context=False).stream(chunks)
    seen: list[list[Any]] = [[] for _ in range(8)]
    threads = [
        threading.Thread(target=lambda own=own: own.extend(response.chunk_stream())) for own in seen
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [chunks] * 8


def test_readers_in_tasks() -> None:
    async def main() -> None:
        chunks = text(*[str(number) for number in range(200)])
        response = Variant(asynchronous=True, context=False).stream(chunks)

        async def read() -> list[Any]:
            return [chunk async for chunk in response.chunk_stream()]

        assert await asyncio.gather(*[read() for _ in range(8)]) == [chunks] * 8

    asyncio.run(main())


class TestText:
    @pytest.mark.parametrize(
        ("chunks", "sep", "joined"),
        [
            (text("Hello", " world"), "\n", "Hello world"),
            ([*text("Hello"), *text("World")], "\n", "Hello\nWorld"),
            ([*text("Hello"), *text("World")], " ", "Hello World"),
            ([*text("Hello"), *text("World")], "", "HelloWorld"),
            ([], "\n", ""),
            (call("1", "{}"), "\n", ""),
            ([*text(), *text("a")], "|", "|a"),
        ],
    )
    def test_separator_stands_between_parts(
        self, variant: Variant, chunks: list[Any], sep: str, joined: str
    ) -> None:
        response = variant.stream(chunks)
        assert "".join(variant.list(response.text_stream(sep))) == joined
        assert response.text(sep) == joined

    def test_separator_comes_when_the_next_part_begins(self, variant: Variant) -> None:
        response = variant.stream([*text("a"), *text("b")])
        assert variant.list(response.text_stream()) == ["a", "\n", "b"]


@pytest.mark.parametrize("name", CASES)
def test_pretty_stream_joined_is_pretty(variant: Variant, name: str) -> None:
    response = variant.stream(CASES[name])
    assert "".join(variant.list(response.pretty_stream())) == response.pretty()


def test_pretty_stream_items(variant: Variant) -> None:
    response = variant.stream([*text("a"), *thought("x\ny"), *call("1", name="a")])
    assert variant.list(response.pretty_stream()) == [
        "",
        "a",
        "",
        "\n\n**Thinking:**\n  ",
        "x\n  y",
        "",
        "\n\n**ToolCall (a):** ",
        "{}",
    ]


@given(st.permutations([0, 1, 2]), st.permutations([0, 1, 2]), st.data())
def test_pretty_of_any_interleaving(
    starts: list[int], ends: list[int], data: st.DataObject
) -> None:
    pending = [*[("start", n) for n in starts], *[("end", n) for n in ends]]
    open_calls: list[int] = []
    chunks: list[Any] = []
    for kind, number in sorted(pending, key=lambda item: data.draw(st.integers(0, 9))):
        if kind == "start":
            chunks.append(start(str(number), f"tool{number}"))
            open_calls.append(number)
        for number in open_calls:
            chunks.append(args(str(number), f"{number}"))
    for number in ends:
        if number in open_calls:
            chunks.append(end(str(number)))
    response = Variant(asynchronous=False, context=False).stream(chunks)
    assert "".join(response.pretty_stream()) == response.pretty()


class TestStreams:
    def summary(self, variant: Variant, response: Any) -> list[tuple[str, str]]:
        found = []
        streams = response.streams()
        while True:
            try:
                stream = variant.next(streams)
            except StopIteration:
                return found
            found.append((stream.content_type, "".join(variant.list(stream))))

    def test_one_for_each_part(self, variant: Variant) -> None:
        response = variant.stream(MIXED)
        expected = [
            ("thought", "let me\nthink"),
            ("text", "Hello world"),
            ("tool_call", '{"a": 1}'),
            ("tool_call", ""),
            ("text", "bye"),
        ]
        assert self.summary(variant, response) == expected
        assert self.summary(variant, response) == expected  # replayed
        assert response.consumed

    def test_types(self, variant: Variant) -> None:
        prefix = "async_" if variant.asynchronous else ""
        kinds = [stream.type for stream in variant.list(variant.stream(MIXED).streams())]
        names = ["thought_stream", "text_stream", "tool_call_stream"]
        assert kinds == [prefix + name for name in [*names, "tool_call_stream", "text_stream"]]

    def test_skipped_substreams_are_filled(self, variant: Variant) -> None:
        response = variant.stream(INTERLEAVED)
        streams = variant.list(response.streams())
        assert streams[0].partial_text == "calling"
        assert [(s.tool_id, s.tool_name, s.partial_args) for s in streams[1:]] == [
            ("1", "a", '{"x": 1}'),
            ("2", "b", '{"y": 2}'),
            ("3", "c", "  "),
        ]
        assert response.consumed

    def test_handed_out_empty_and_updated_before_each_delta(self, variant: Variant) -> None:
        response = variant.stream(text("a", "b"))
        stream = variant.next(response.streams())
        assert stream.partial_text == ""
        deltas = variant.iter(stream)
        assert variant.next(deltas) == "a"
        assert stream.partial_text == "a"

    def test_iterating_again_goes_on(self, variant: Variant) -> None:
        response = variant.stream(text("a", "b", "c"))
        stream = variant.next(response.streams())
        assert variant.next(variant.iter(stream)) == "a"
        assert variant.list(stream) == ["b", "c"]
        assert variant.list(stream) == []
        assert stream.partial_text == "abc"

    def test_collect(self, variant: Variant) -> None:
        response = variant.stream(MIXED)
        streams = response.streams()
        parts = []
        while True:
            try:
                stream = variant.next(streams)
            except StopIteration:
                break
            part = variant.run(stream.collect())
            assert variant.run(stream.collect()) == part
            parts.append(part)
        assert parts == response.content

    def test_interleaved_calls_are_told_apart(self, variant: Variant) -> None:
        response = variant.stream(INTERLEAVED)
        assert self.summary(variant, response) == [
            ("text", "calling"),
            ("tool_call", '{"x": 1}'),
            ("tool_call", '{"y": 2}'),
            ("tool_call", "  "),
        ]

    def test_text_beside_interleaved_calls(self, variant: Variant) -> None:
        response = variant.stream(INTERLEAVED)
        assert variant.list(response.text_stream()) == ["calling"]

    def test_break_inside_a_part(self, variant: Variant) -> None:
        response = variant.stream(MIXED)
        streams = response.streams()
        thinking = variant.next(streams)
        variant.next(variant.iter(thinking))
        following = variant.next(streams)
        assert thinking.partial_thought == "let me\nthink"
        assert following.content_type == "text"

    def test_an_unterminated_part_ends_with_the_stream(self, variant: Variant) -> None:
        response = variant.stream([llm.TextStartChunk(), llm.TextChunk(delta="a")])
        assert self.summary(variant, response) == [("text", "a")]

    def test_by_hand(self) -> None:
        stream = llm.ToolCallStream(
            tool_id="1", tool_name="a", chunk_iterator=iter([args("1", " ")])
        )
        assert stream.collect() == llm.ToolCall(id="1", name="a", args="{}")


def test_a_thread_sees_a_chunk_when_it_is_there() -> None:
    """And not when the thread that has read it has read the next one, too."""
    begin = threading.Event()
    more = threading.Event()
    seen: list[str] = []
    all_have_it = threading.Event()

    def chunks() -> Iterator[Any]:
        begin.wait()
        yield llm.TextStartChunk()
        yield llm.TextChunk(delta="first")
        more.wait()
        yield llm.TextEndChunk()

    response: llm.StreamResponse = llm.StreamResponse(
        provider_id="test",
        model_id="test/model",
        provider_model_name="model",
        params={},
        input_messages=[],
        chunk_iterator=chunks(),
    )

    def read() -> None:
        for delta in response.text_stream():
            seen.append(delta)
            if len(seen) == 8:
                all_have_it.set()

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)  # so that they wait, all but the one that reads
    begin.set()
    assert all_have_it.wait(30), seen  # a reader that waited for the next chunk would wait for ever
    more.set()
    for thread in threads:
        thread.join()
    assert response.state == "complete"
