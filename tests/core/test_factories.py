"""A vendor of a user's own, made with the factories: no SDK, a model that repeats what it hears."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from mirascope.core import BaseMessageParam, Messages, prompt_template
from mirascope.core.base import (
    BaseCallResponse,
    BaseCallResponseChunk,
    BaseStream,
    BaseStructuredStream,
    BaseTool,
    call_factory,
    transform_tool_outputs,
)
from mirascope.core.base.stream import stream_factory


class EchoTool(BaseTool):
    @classmethod
    def _call_arguments(cls, tool_call: Any) -> Any:
        return tool_call["arguments"]

    @classmethod
    def tool_schema(cls) -> Any:
        return {"name": cls._name(), "parameters": cls.parameters()}


class EchoChunk(BaseCallResponseChunk[dict[str, Any], str]):
    @property
    def content(self) -> str:
        return self.chunk.get("text", "")

    @property
    def finish_reasons(self) -> list[str] | None:
        return ["end"] if self.chunk.get("end") else None

    @property
    def model(self) -> str | None:
        return None

    @property
    def id(self) -> str | None:
        return "echo-1"

    @property
    def usage(self) -> Any:
        return self.chunk.get("usage")

    @property
    def input_tokens(self) -> int | None:
        return 1 if self.usage else None

    @property
    def cached_tokens(self) -> int | None:
        return None

    @property
    def output_tokens(self) -> int | None:
        return self.usage

    @property
    def common_finish_reasons(self) -> Any:
        return ["stop"] if self.finish_reasons else None


class EchoResponse(BaseCallResponse[dict[str, Any], EchoTool]):
    @property
    def content(self) -> str:  # type: ignore[override]  # as users write it
        return self.response["text"]

    @property
    def finish_reasons(self) -> list[str] | None:  # type: ignore[override]  # as users write it
        return ["end"]

    @property
    def model(self) -> str | None:  # type: ignore[override]  # as users write it
        return self._asked_model

    @property
    def message_param(self) -> Any:
        return {"role": "assistant", "content": self.content}

    @property
    def tools(self) -> list[EchoTool] | None:
        return [each.from_tool_call(self.response["call"]) for each in self.tool_types or []]

    @classmethod
    @transform_tool_outputs
    def tool_message_params(cls, tools_and_outputs: Sequence[tuple[Any, str]]) -> list[Any]:
        return [{"role": "tool", "content": output} for _, output in tools_and_outputs]


class EchoStream(BaseStream[EchoResponse, EchoChunk]):
    def _construct_message_param(
        self, tool_calls: list[Any] | None = None, content: str | None = None
    ) -> Any:
        return {"role": "assistant", "content": content}

    def _construct_response(self) -> Any:
        return {"text": self.content}


ASKED: list[dict[str, Any]] = []


def setup_call(
    *, fn: Any, dynamic_config: Any, tools: Any, model: str, stream: bool, **more: Any
) -> Any:
    ASKED.append({**more, "tools": tools})
    messages = [message.model_dump() for message in dynamic_config["messages"]]
    heard = messages[-1]["content"]
    is_async = fn.__name__.startswith("a")

    def pieces() -> Iterator[dict[str, Any]]:
        for word in heard.split(" "):
            yield {"text": f"{word} "}
        yield {"end": True, "usage": len(heard.split(" "))}

    async def apieces() -> AsyncIterator[dict[str, Any]]:
        for piece in pieces():
            yield piece

    async def awhole() -> dict[str, Any]:
        return whole()

    def whole() -> dict[str, Any]:
        return {"text": heard, "call": {"arguments": heard}}

    def create(*, stream: bool = False, **kwargs: Any) -> Any:
        assert kwargs["model"] == model
        return (apieces if stream else awhole)() if is_async else (pieces if stream else whole)()

    kwargs = {"model": model, "messages": messages}
    return create, None, messages, [EchoTool.type_from_fn(t) for t in tools or []] or None, kwargs


def setup_model_call(*, tools: Any, response_model: Any, **given: Any) -> Any:
    """The tool of a response model is a type already."""
    offered = None if response_model is not None else tools
    return setup_call(tools=offered, response_model=response_model, forced=tools, **given)


CLOSED: list[str] = []


def handle_stream(stream: Any, tool_types: Any, partial_tools: bool = False) -> Iterator[Any]:
    try:
        for item in stream:
            yield EchoChunk(chunk=item), None
    finally:
        CLOSED.append("handle_stream")


async def handle_stream_async(stream: Any, tool_types: Any) -> AsyncIterator[Any]:
    try:
        async for item in stream:
            yield EchoChunk(chunk=item), None
    finally:
        CLOSED.append("handle_stream_async")


echo = call_factory(
    TCallResponse=EchoResponse,
    TCallResponseChunk=EchoChunk,
    TToolType=EchoTool,
    TStream=EchoStream,
    default_call_params={"volume": 1},
    setup_call=setup_model_call,
    get_json_output=lambda response, json_mode: response.content,
    handle_stream=handle_stream,
    handle_stream_async=handle_stream_async,
)


def test_call() -> None:
    ASKED.clear()

    @echo("echo-9", output_parser=lambda response: response.content.upper())
    def shout(word: str) -> str:
        return f"say {word}"

    assert shout("ho") == "SAY HO"
    assert ASKED[0]["call_params"] == {"volume": 1}

    @echo("echo-9", call_params={"volume": 2})
    @prompt_template("SYSTEM: Repeat.\nUSER: {word}")
    def repeat(word: str) -> None: ...

    response = repeat("hi")
    assert (response.content, response.model) == ("hi", "echo-9")
    assert response.messages[0]["role"] == "system"
    assert response.user_message_param == {"role": "user", "content": "hi"}
    assert response.call_params == ASKED[1]["call_params"] == {"volume": 2}
    assert response.fn_args == {"word": "hi"}
    assert 0 < response.start_time <= response.end_time


async def test_call_asynchronously() -> None:
    async def shouted(response: Any) -> str:
        return f"{response.content}!"

    @echo("echo-9", output_parser=shouted)
    async def arepeat() -> Messages.Type:
        return Messages.User("hi")

    assert await arepeat() == "hi!"


def test_tools() -> None:
    def look(at: str) -> str:
        return at

    @echo("echo-9", tools=[look])
    def question() -> str:
        return '{"at": "me"}'

    response = question()
    (tool,) = response.tools
    assert tool.call() == "me"
    assert response.tool_message_params([(tool, {"seen": {1}})]) == [
        {"role": "tool", "content": '{"seen": [1]}'}
    ]


def test_stream() -> None:
    @echo("echo-9", stream=True)
    def question() -> list[BaseMessageParam]:
        return [Messages.User("one two")]

    stream = question()
    assert [chunk.content for chunk, _ in stream] == ["one ", "two ", ""]
    assert (stream.content, stream.finish_reasons) == ("one two ", ["end"])
    assert (stream.input_tokens, stream.output_tokens, stream.id) == (1, 2, "echo-1")
    assert stream.construct_call_response().content == "one two "


async def test_stream_asynchronously() -> None:
    @echo("echo-9", stream=True)
    async def aquestion() -> str:
        return "one two"

    stream = await aquestion()
    assert [chunk.content async for chunk, _ in stream] == ["one ", "two ", ""]
    assert stream.message_param == {"role": "assistant", "content": "one two "}


async def test_leaving_a_loop_closes_the_handler() -> None:
    @echo("echo-9", stream=True)
    def question() -> str:
        return "one two"

    @echo("echo-9", stream=True)
    async def aquestion() -> str:
        return "one two"

    CLOSED.clear()
    for _ in question():
        break
    assert CLOSED == ["handle_stream"]
    async with contextlib.aclosing(aiter(await aquestion())) as pairs:
        async for _ in pairs:
            break
    assert CLOSED == ["handle_stream", "handle_stream_async"]


class Book(BaseModel):
    """A book."""

    title: str
    pages: int


BOOK = '{"title": "A b", "pages": 3}'


@pytest.mark.parametrize("json_mode", [False, True])
def test_response_model(json_mode: bool) -> None:
    @echo("echo-9", response_model=Book, json_mode=json_mode)
    def question(text: str) -> str:
        return text

    ASKED.clear()
    book = question(BOOK)
    assert book == Book(title="A b", pages=3)
    assert book._response.content == BOOK
    forced = ASKED[0]["forced"]
    assert forced is None if json_mode else forced[0].tool_schema()["name"] == "Book"
    with pytest.raises(ValidationError) as caught:
        question(json.dumps({"title": "A"}))
    assert caught.value._response.content == '{"title": "A"}'


async def test_structured_stream() -> None:
    @echo("echo-9", response_model=Book, stream=True)
    async def abook() -> str:
        return BOOK

    stream = await abook()
    assert isinstance(stream, BaseStructuredStream)
    seen = [(book.title, book.pages) async for book in stream]
    assert seen == [(None, None), ("A ", None), ("A b", None), ("A b", 3), ("A b", 3)]
    assert stream.constructed_response_model == Book(title="A b", pages=3)


def test_streams_have_no_output_parser() -> None:
    with pytest.raises(ValueError, match="output_parser"):
        echo("echo-9", stream=True, output_parser=str)


def test_what_a_vendor_leaves_out_is_named() -> None:
    class Mute(BaseStream[Any, Any]):
        pass

    class Still(BaseCallResponse[Any, Any]):
        @classmethod
        def tool_message_params(cls, tools_and_outputs: Any) -> list[Any]:
            return []

    fields: dict[str, Any] = dict.fromkeys(
        ("metadata", "prompt_template", "dynamic_config", "messages", "call_params", "call_kwargs")
    )
    stream = Mute(
        stream=(pair for pair in ()),
        tool_types=None,
        call_response_type=Still,
        model="m",
        fn_args={},
        **{**fields, "messages": []},
    )
    with pytest.raises(TypeError, match="Mute defines no _construct_message_param"):
        list(stream)
    with pytest.raises(TypeError, match="Still defines no message_param"):
        _ = Still(response=None, fn_args={}, start_time=0, end_time=0, **fields).message_param


def test_stream_factory() -> None:
    decorator = stream_factory(
        TCallResponse=EchoResponse,
        TStream=EchoStream,
        setup_call=setup_call,
        handle_stream=handle_stream,
        handle_stream_async=handle_stream_async,
    )

    def question(topic: str) -> str:
        return f"About {topic}"

    stream = decorator(question, "echo-9", partial_tools=True)("tea")
    assert "".join(chunk.content for chunk, _ in stream) == "About tea "
    assert ASKED[-1]["fn_args"] == {"topic": "tea"}
    assert ASKED[-1]["json_mode"] is False
