"""What a stream's iterators yield."""

from __future__ import annotations

from typing import Literal, assert_type

from pydantic import BaseModel

from mirascope import llm


class Book(BaseModel):
    title: str


def iterators(response: llm.StreamResponse[Book]) -> None:
    for text in response.text_stream():
        assert_type(text, str)
    for chunk in response.chunk_stream():
        assert_type(chunk, llm.AssistantContentChunk)
    for partial in response.structured_stream():
        assert_type(partial, llm.Partial[Book])
    with response as entered:
        assert_type(entered, llm.StreamResponse[Book])
    value, final = response.validate()
    assert_type(value, Book)
    assert_type(final, llm.StreamResponse[Book])


def substreams(response: llm.StreamResponse) -> None:
    for stream in response.streams():
        if stream.content_type == "text":
            assert_type(stream, llm.TextStream)
            assert_type(stream.collect(), llm.Text)
        elif stream.content_type == "thought":
            assert_type(stream.partial_thought, str)
            assert_type(stream.collect(), llm.Thought)
        else:
            assert_type(stream.tool_name, str)
            assert_type(stream.collect(), llm.ToolCall)


def chunks(response: llm.StreamResponse) -> None:
    for chunk in response.chunk_stream():
        match chunk.type:
            case "text_chunk":
                assert_type(chunk, llm.TextChunk)
            case "tool_call_start_chunk":
                assert_type(chunk.name, str)
            case "thought_chunk":
                assert_type(chunk.content_type, Literal["thought"])
            case _:
                assert_type(chunk.id, str | None)


async def asynchronous(response: llm.AsyncStreamResponse[Book]) -> None:
    async for text in response.text_stream():
        assert_type(text, str)
    async for stream in response.streams():
        if stream.content_type == "text":
            assert_type(stream, llm.AsyncTextStream)
            assert_type(await stream.collect(), llm.Text)
    async for partial in response.structured_stream():
        assert_type(partial, llm.Partial[Book])
    async with response as entered:
        assert_type(entered, llm.AsyncStreamResponse[Book])
