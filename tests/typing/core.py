"""What the v1 API's decorators make, and what prompt functions may return."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, assert_type

from openai.types.chat import ChatCompletionChunk
from pydantic import BaseModel

from mirascope.core import (
    BaseDynamicConfig,
    BaseMessageParam,
    BaseTool,
    Messages,
    anthropic,
    openai,
    prompt_template,
)
from mirascope.core.base import BaseStructuredStream
from mirascope.core.gemini.call_response import GeminiCallResponse
from mirascope.core.openai.call_params import OpenAICallParams
from mirascope.core.openai.tool import OpenAITool


class Book(BaseModel):
    title: str


def look(at: str) -> str:
    return at


@openai.call("m")
def whole(genre: str) -> Messages.Type:
    return Messages.User(genre)


@openai.call("m", stream=True, tools=[look])
def streamed(genre: str) -> list[BaseMessageParam]:
    return [Messages.User(genre)]


@openai.call(model="m", stream=True)
async def streamed_async(genre: str) -> str:
    return genre


@openai.call("m", response_model=Book)
def book(genre: str) -> str:
    return genre


@openai.call("m", response_model=list[Book], stream=True)
@prompt_template("{genre}")
def books(genre: str) -> None: ...


@openai.call("m", response_model=Book, output_parser=lambda book: book.title)
def title(genre: str) -> str:
    return genre


def results() -> None:
    assert_type(whole("x"), openai.OpenAICallResponse)
    assert_type(whole("x").content, str)
    stream = streamed("x")
    assert_type(stream, openai.OpenAIStream)
    for chunk, tool in stream:
        assert_type(chunk, openai.OpenAICallResponseChunk)
        assert_type(chunk.chunk, ChatCompletionChunk)
        assert_type(chunk.finish_reasons, list[Any] | None)
        assert_type(tool, BaseTool | None)
    assert_type(stream.construct_call_response(), openai.OpenAICallResponse)
    assert_type(book("x"), Book)
    assert_type(title("x"), str)
    assert_type(books("x"), BaseStructuredStream[list[Book]])
    for partial in books("x"):
        assert_type(partial, list[Book])
    whole(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def results_async() -> None:
    stream = await streamed_async("x")
    assert_type(stream, openai.OpenAIStream)
    async for chunk, _ in stream:
        assert_type(chunk, openai.OpenAICallResponseChunk)


@openai.call("m")
@prompt_template("{x}")
def computed(q: str) -> openai.OpenAIDynamicConfig:
    return {"computed_fields": {"x": q}}


@openai.call("m")
def conversation(q: str, history: list[BaseMessageParam]) -> openai.OpenAIDynamicConfig:
    return {"messages": [*history, Messages.User(q), {"role": "user", "content": q}]}


@anthropic.call("m")
def configured(q: str, tools: list[Callable[..., Any]]) -> anthropic.AnthropicDynamicConfig:
    return {
        "messages": [{"role": "user", "content": q}],
        "call_params": {"temperature": 1, "top_k": 3},
        "client": None,
        "metadata": {"tags": {"a"}},
        "tools": tools,
    }


@anthropic.call("m")
def configured_anyhow(q: str) -> BaseDynamicConfig:
    return {"messages": [{"role": "user", "content": q}], "tools": [look]}


def refused(q: str) -> openai.OpenAIDynamicConfig:
    return {"temperature": 1}  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportReturnType]


@openai.call("m", output_parser=lambda response: response.content)
def content(genre: str) -> str:
    return genre


def first_word(response: openai.OpenAICallResponse) -> int:
    return len(response.content)


@openai.call("m", output_parser=first_word)
async def counted(genre: str) -> str:
    return genre


def opinion(book: Book) -> bool:
    return bool(book.title)


@openai.call("m", response_model=Book, output_parser=opinion)
def opined(genre: str) -> str:
    return genre


@openai.call("m", response_model=list[int], json_mode=True)
def numbers(genre: str) -> str:
    return genre


async def parsed() -> None:
    assert_type(content("x"), str)
    assert_type(await counted("x"), int)
    assert_type(opined("x"), bool)
    assert_type(numbers("x"), list[int])
    openai.call("m", response_model=list[int], output_parser=opinion)  # type: ignore[arg-type]  # pyright: ignore
    openai.call("m", output_parser=opinion)  # type: ignore[arg-type]  # pyright: ignore


def deep_paths(response: GeminiCallResponse) -> None:
    """The modules that v1 promises for each vendor are followed."""
    params: OpenAICallParams = {"temperature": 1, "user": "u"}
    openai.call("m", call_params=params)
    assert_type(OpenAITool.type_from_fn(look), type[OpenAITool])
    assert_type(response.content, str)
