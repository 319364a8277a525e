"""Answers of a model's shape: whole, streamed, by tool and as JSON."""

from __future__ import annotations

import copy
import enum
import json
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from mirascope.core import (
    BaseMessageParam,
    BaseTool,
    FromCallArgs,
    Messages,
    ResponseModelConfigDict,
    TextPart,
)

from .asking import TWO_TOOLS, aask, ask, get_author
from .loopback import Loopback, Script, ToolScript
from .test_streams import async_stream
from .vendors import V1Vendor, each


class Book(BaseModel):
    """A book."""

    title: str
    pages: int | None = None


class Mood(enum.Enum):
    GOOD = "good"
    BAD = "bad"


SHAPES: list[tuple[Any, str, Any]] = [
    (Book, '{"title": "A", "pages": 3}', Book(title="A", pages=3)),
    (list[Book], '{"value": [{"title": "A"}]}', [Book(title="A")]),
    (int, '{"value": 5}', 5),
    (str, '{"value": "x"}', "x"),
    (bool, '{"value": true}', True),
    (list[str], '{"value": ["a", "b"]}', ["a", "b"]),
    (Mood, '{"value": "bad"}', Mood.BAD),
    (Literal["a", "b"], '{"value": "b"}', "b"),
    (float, '{"value": 1.5}', 1.5),
    (dict[str, int], '{"value": {"a": 1}}', {"a": 1}),
    (tuple[int, int], '{"value": [1, 2]}', (1, 2)),
    (set[int], '{"value": [1]}', {1}),
    (Annotated[int, Field(ge=1)], '{"value": 2}', 2),
    (Book | None, '{"value": {"title": "A"}}', Book(title="A")),
    (int | str, '{"value": "x"}', "x"),
]


@pytest.mark.parametrize(("shape", "answer", "expected"), SHAPES, ids=lambda v: str(v)[:20])
@each()
def test_response_models(
    vendor: V1Vendor, loopback: Loopback, shape: Any, answer: str, expected: Any
) -> None:
    name = vendor.module().call.vendor.tool_type
    tool = (
        name.type_from_base_model_type(shape) if shape is Book else name.type_from_base_type(shape)
    )
    loopback.script = Script(texts=(), tools=(ToolScript("1", tool._name(), (answer,)),))
    # gemini has no unions: test_schemas.py
    if (vendor.name, shape) != ("gemini", int | str):
        result = ask(vendor, response_model=shape)
        assert result == expected
        assert type(result) is type(expected)
    loopback.script = Script(texts=("Here you are: ", answer, " Bye."))
    assert ask(vendor, response_model=shape, json_mode=True) == expected


@each()
def test_the_response_behind_a_model(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=(), tools=(ToolScript("1", "Book", ('{"title": "A"}',)),))
    book = ask(vendor, response_model=Book)
    assert book._response.provider == vendor.name
    assert book._response.output_tokens == 5
    loopback.script = Script(texts=('{"pages": 3}',))
    with pytest.raises(ValidationError) as caught:
        ask(vendor, response_model=Book, json_mode=True)
    assert caught.value._response.content == '{"pages": 3}'


@each()
def test_structured_streams(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=('Well: {"ti', 'tle": "A', 'B", "pages": 3', "}"))
    stream = ask(vendor, response_model=Book, json_mode=True, stream=True)
    partials = list(stream)
    assert [(p.title, p.pages) for p in partials] == [
        (None, None),
        ("A", None),
        ("AB", 3),
        ("AB", 3),
    ]
    assert partials[-1] == stream.constructed_response_model == Book(title="AB", pages=3)
    assert type(partials[0]).__name__ == "PartialBook"


STREAMS_TOOLS = (
    "openai",
    "anthropic",
    "mistral",
    "groq",
    "cohere",
    "litellm",
    "azure",
    "bedrock",
    "xai",
)


@each(*STREAMS_TOOLS)
async def test_structured_streams_of_tools(vendor: V1Vendor, loopback: Loopback) -> None:
    tool = ToolScript("1", "Book", ('{"title": "A', 'B", "pages": 3', "}"))
    loopback.script = Script(texts=(), tools=(tool,), finish="tool_calls")
    partials = list(ask(vendor, response_model=Book, stream=True))
    assert partials[-1] == Book(title="AB", pages=3)
    if vendor.name != "cohere":
        assert [p.title for p in partials] == ["A", "AB", "AB"]
    stream = await aask(vendor, response_model=Book, stream=True)
    assert [p async for p in stream][-1] == Book(title="AB", pages=3)


@each("gemini", "vertex")
def test_old_google_streams_structures_as_json_only(vendor: V1Vendor, loopback: Loopback) -> None:
    with pytest.raises(ValueError, match="only supports structured streaming in json mode"):
        ask(vendor, response_model=Book, stream=True)


@each()
def test_response_model_with_tools(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=(), tools=TWO_TOOLS, finish="tool_calls")
    response = ask(vendor, response_model=Book, tools=[get_author])
    assert len(response.tools) == 2
    loopback.script = Script(texts=('{"title": "A"}',))
    assert ask(vendor, response_model=Book, tools=[get_author]) == Book(title="A")


@each()
def test_fields_from_call_args(vendor: V1Vendor, loopback: Loopback) -> None:
    class Tagged(BaseModel):
        title: str
        genre: Annotated[str, FromCallArgs()]

    module = vendor.module()

    @module.call(vendor.model, response_model=Tagged)
    def recommend(genre: str) -> str:
        return "A book, please"

    loopback.script = Script(texts=(), tools=(ToolScript("1", "Tagged", ('{"title": "A"}',)),))
    assert recommend("tea") == Tagged(title="A", genre="tea")
    assert "genre" not in json.dumps(loopback.last.body)

    @module.call(vendor.model, response_model=Tagged)
    def nothing() -> str:
        return "A book, please"

    with pytest.raises(ValueError, match="genre"):
        nothing()


@each("openai", "azure", "groq")
def test_strict_response_models(vendor: V1Vendor, loopback: Loopback) -> None:
    class Strict(BaseModel):
        model_config = ResponseModelConfigDict(strict=True)
        title: str

    loopback.script = Script(texts=('{"title": "A"}',))
    if vendor.name == "groq":
        with pytest.warns(UserWarning, match="strict"):
            vendor.module().call(vendor.model, response_model=Strict, json_mode=True)(
                lambda: "Hello"
            )()
        return
    assert ask(vendor, response_model=Strict, json_mode=True).title == "A"
    schema = loopback.last.body["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert schema["schema"]["additionalProperties"] is False


@each()
def test_json_mode_leaves_the_user_s_messages(vendor: V1Vendor, loopback: Loopback) -> None:
    message = Messages.User(["Hello", TextPart(type="text", text="there")])
    if vendor.name == "cohere":
        message = Messages.User("Hello there")
    kept = message.model_copy(deep=True)

    @vendor.module().call(vendor.model, json_mode=True)
    def question() -> list[BaseMessageParam]:
        return [message]

    loopback.script = Script(texts=('{"a": 1}',))
    assert question().content == '{"a": 1}'
    assert message == kept


class Chapter(BaseModel):
    """A chapter."""

    title: str
    pages: int


class Saga(BaseModel):
    """A saga."""

    author: Book
    chapters: list[Chapter]


SAGA = '{"author": {"title": "Le Guin"}, "chapters": [{"title": "One", "pages": 1}, {"title": "T'
SAGA_END = 'wo", "pages": 2}]}'


def check_saga(partials: list[Any]) -> None:
    """Partials grow, down to the items of lists; the last is whole."""
    first, last = partials[0], partials[-1]
    assert first.author.title == "Le Guin"
    assert [chapter.title for chapter in first.chapters] == ["One", "T"]
    assert first.chapters[-1].pages is None
    assert last == Saga(
        author=Book(title="Le Guin"),
        chapters=[Chapter(title="One", pages=1), Chapter(title="Two", pages=2)],
    )
    assert type(last) is Saga


@each()
async def test_structured_streams_of_nested_models(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=(SAGA, SAGA_END))
    stream = ask(vendor, response_model=Saga, json_mode=True, stream=True)
    check_saga(list(stream))
    assert type(stream.constructed_response_model) is Saga
    async with async_stream(vendor, loopback, response_model=Saga, json_mode=True) as astream:
        check_saga([partial async for partial in astream])


@each(*STREAMS_TOOLS)
async def test_structured_streams_of_nested_tools(vendor: V1Vendor, loopback: Loopback) -> None:
    tool = ToolScript("1", "Saga", (SAGA, SAGA_END))
    loopback.script = Script(texts=(), tools=(tool,), finish="tool_calls")
    for partials in (
        list(ask(vendor, response_model=Saga, stream=True)),
        [p async for p in await aask(vendor, response_model=Saga, stream=True)],
    ):
        if vendor.name == "cohere":
            # Its calls arrive whole.
            partials.insert(0, partials[0])
            assert partials[-1].chapters[1].title == "Two"
        else:
            check_saga(partials)


@each()
async def test_structured_streams_that_do_not_fit(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=('{"title": "A", ', '"pages": "many"}'))
    stream = ask(vendor, response_model=Book, json_mode=True, stream=True)
    with pytest.raises(ValidationError) as caught:
        list(stream)
    assert caught.value._response.content == '{"title": "A", "pages": "many"}'
    assert not hasattr(stream, "constructed_response_model")


@each()
def test_a_tool_call_that_does_not_fit(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=(), tools=(ToolScript("1", "Book", ('{"pages": 3}',)),))
    with pytest.raises(ValidationError, match="title") as caught:
        ask(vendor, response_model=Book)
    assert caught.value._response.provider == vendor.name
    assert caught.value._response.output_tokens == 5


def forced(vendor: V1Vendor, body: dict[str, Any]) -> Any:
    """What the request says of the tool that must be called."""
    if vendor.name == "bedrock":
        return body["toolConfig"]["toolChoice"]
    if vendor.name in ("google", "gemini", "vertex"):
        calling = body["toolConfig"]["functionCallingConfig"]
        # vertex sends the number of the protobuf enum.
        mode = {1: "AUTO", 2: "ANY", 3: "NONE"}.get(calling["mode"], calling["mode"])
        return {**calling, "mode": mode}
    return body.get("tool_choice")


GOOGLE = {"mode": "ANY", "allowedFunctionNames": ["Book"]}
FORCED: dict[str, Any] = {
    "openai": "required",
    "xai": "required",
    "litellm": "required",
    "azure": "required",
    "mistral": "any",
    "groq": {"type": "function", "function": {"name": "Book"}},
    "anthropic": {"type": "tool", "name": "Book"},
    "cohere": None,
    "bedrock": {"tool": {"name": "Book"}},
    "google": GOOGLE,
    "gemini": GOOGLE,
    "vertex": GOOGLE,
}


@each()
def test_the_tool_is_forced(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=(), tools=(ToolScript("1", "Book", ('{"title": "A"}',)),))
    ask(vendor, response_model=Book)
    assert forced(vendor, loopback.last.body) == FORCED[vendor.name]


def switched(body: dict[str, Any]) -> Any:
    """What the request says of JSON mode."""
    if "generationConfig" in body:
        return body["generationConfig"].get("responseMimeType")
    return body.get("response_format")


@each()
def test_the_json_switch(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=('{"title": "A"}',))
    assert ask(vendor, response_model=Book, json_mode=True) == Book(title="A")
    body = loopback.last.body
    google = vendor.name in ("google", "gemini", "vertex")
    none = vendor.name in ("anthropic", "bedrock")
    expected = "application/json" if google else None if none else {"type": "json_object"}
    assert switched(body) == expected
    # The schema stands in the last user message, once, and no tool goes along.
    sent = json.dumps(body)
    assert sent.count("A book.") == 1
    assert "tools" not in body
    assert "toolConfig" not in body


@each()
async def test_output_parsers_of_models(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=('{"title": "A"}',))
    options: dict[str, Any] = {"response_model": Book, "json_mode": True}

    def parser(book: Book) -> str:
        return f"<{book.title}>"

    assert ask(vendor, output_parser=parser, **options) == "<A>"
    assert ask(vendor, output_parser=lambda response: response.provider) == vendor.name


# What pydantic says to the author of such a class.
SHADOWING = pytest.mark.filterwarnings("ignore:Field name .* shadows:UserWarning")


@SHADOWING
@each()
def test_models_with_a_tool_s_own_names(vendor: V1Vendor, loopback: Loopback) -> None:
    """Fields may be called what a tool's own attributes are called, and stay required."""

    class Order(BaseTool):
        """An order."""

        id: str
        args: list[int]

        def call(self) -> str:
            return f"{self.id} {self.args}"

    arguments = '{"id": "x", "args": [1]}'
    loopback.script = Script(
        texts=(), tools=(ToolScript("call_9", "Order", (arguments,)),), finish="tool_calls"
    )
    response = ask(vendor, tools=[Order])
    assert response.tool.call() == "x [1]"
    found = copy.deepcopy(Order.parameters())
    assert found["required"] == ["id", "args"]
    assert found["properties"]["id"] == {"type": "string"}


@SHADOWING
@each("openai", "anthropic", "groq", "azure", "litellm", "xai", "bedrock", "mistral")
def test_the_id_of_a_call_is_not_its_parameter(vendor: V1Vendor, loopback: Loopback) -> None:
    class Order(BaseTool):
        """An order."""

        id: str

        def call(self) -> str:
            return self.id

    loopback.script = Script(
        texts=(), tools=(ToolScript("call_9", "Order", ('{"id": "x"}',)),), finish="tool_calls"
    )
    response = ask(vendor, tools=[Order])
    (message,) = response.tool_message_params([(response.tool, "out")])
    if vendor.name == "bedrock":
        assert message["content"][0]["toolResult"]["toolUseId"] == "call_9"
    elif vendor.name == "anthropic":
        assert message["content"][0]["tool_use_id"] == "call_9"
    else:
        found = message["tool_call_id"] if isinstance(message, dict) else message.tool_call_id
        assert found == "call_9"
