"""Tools: their types, their schemas, their calls, streamed and whole."""

from __future__ import annotations

import enum
import json
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from mirascope.core.base import BaseTool, BaseToolKit, toolkit_tool

from .asking import TWO_TOOLS, aask, ask, get_author, ping
from .loopback import Loopback, Script, ToolScript
from .test_streams import async_stream
from .vendors import BY_NAME, V1Vendor, each

CALLS = Script(texts=(), tools=TWO_TOOLS, finish="tool_calls")
EXPECTED = [{"title": "A", "limit": 3}, {"title": "B", "limit": 2}]


def args(tools: Any) -> list[dict[str, Any]]:
    return [tool.args for tool in tools]


@each()
def test_parallel_tools_in_a_stream(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = CALLS
    stream = ask(vendor, stream=True, tools=[get_author])
    pairs = list(stream)
    tools = [tool for _, tool in pairs if tool is not None]
    assert args(tools) == EXPECTED
    assert [tool.call() for tool in tools] == ["A:3", "B:2"]
    assert all(tool.delta is None for tool in tools)
    # Every SDK chunk is there, and in order.
    chunks = list(dict.fromkeys(id(chunk.chunk) for chunk, _ in pairs))
    plain = ask(vendor, stream=True)
    assert len(chunks) == len(list(plain))
    response = stream.construct_call_response()
    assert args(response.tools) == EXPECTED
    assert response.tool.args == EXPECTED[0]
    assert stream.finish_reasons


@each()
async def test_parallel_tools_asynchronously(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = CALLS

    async def get_author(title: str, limit: int = 3) -> str:
        """Look an author up."""
        return f"{title}:{limit}"

    async with async_stream(vendor, loopback, tools=[get_author]) as stream:
        tools = [tool async for _, tool in stream if tool is not None]
    assert args(tools) == EXPECTED
    assert [await tool.call() for tool in tools] == ["A:3", "B:2"]


@each()
def test_tools_of_a_whole_response(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = CALLS
    response = ask(vendor, tools=[get_author])
    assert args(response.tools) == EXPECTED
    assert response.tool is response.tools[0]
    assert args(response.common_tools) == EXPECTED
    parts = response.common_message_param.content
    assert [part.args for part in parts] == [{"title": "A"}, {"title": "B", "limit": 2}]


@each()
def test_tools_without_arguments(vendor: V1Vendor, loopback: Loopback) -> None:
    calls = (ToolScript("call_1", "ping", ()), ToolScript("call_2", "ping", ("{}",)))
    last = ToolScript("call_3", "get_author", TWO_TOOLS[1].pieces)
    loopback.script = Script(texts=(), tools=(*calls, last), finish="tool_calls")
    stream = ask(vendor, stream=True, tools=[ping, get_author])
    names = [tool._name() for _, tool in stream if tool is not None]
    assert names == ["ping", "ping", "get_author"]
    assert [tool.call() for tool in stream.construct_call_response().tools[:2]] == ["pong"] * 2


@each("openai", "anthropic", "bedrock", "cohere", "google")
def test_an_unknown_tool(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=(), tools=(ToolScript("1", "nope", ("{}",)),))
    with pytest.raises(RuntimeError, match="Unknown tool type in stream: nope"):
        list(ask(vendor, stream=True, tools=[ping]))


@each("openai", "xai", "groq", "azure", "litellm", "mistral")
def test_the_stream_ends_with_the_last_argument(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=(), tools=TWO_TOOLS, trailer=False)
    stream = ask(vendor, stream=True, tools=[get_author])
    assert args(tool for _, tool in stream if tool is not None) == EXPECTED
    assert args(stream.construct_call_response().tools) == EXPECTED


@each()
def test_none_offered_none_called(vendor: V1Vendor, loopback: Loopback) -> None:
    assert ask(vendor).tools is None
    assert ask(vendor, tools=[ping]).tools is None
    assert ask(vendor, tools=[ping]).tool is None


@each()
def test_two_turns(vendor: V1Vendor, loopback: Loopback) -> None:
    """What the stream gives for the next turn is accepted by the SDK's own encoder."""
    loopback.script = CALLS
    stream = ask(vendor, stream=True, tools=[get_author])
    outputs = [(tool, tool.call()) for _, tool in stream if tool is not None]
    messages = [
        *stream.messages,
        stream.message_param,
        *stream.tool_message_params(outputs),
    ]

    @vendor.module().call(vendor.model, tools=[get_author])
    def again() -> dict[str, Any]:
        return {"messages": messages}

    loopback.script = Script()
    assert again().content == "The Name of the Wind"
    sent = json.dumps(loopback.last.body)
    assert "A:3" in sent
    assert "get_author" in sent
    assert "Hello" in sent


@each()
def test_tool_messages_before_the_end(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = CALLS
    stream = ask(vendor, stream=True, tools=[get_author])
    for _, tool in stream:
        if tool is not None:
            assert len(stream.tool_message_params([(tool, {"found": {1}})])) == 1
            break


@each("openai", "groq", "litellm", "xai")
def test_tool_message_of_openai(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = CALLS
    response = ask(vendor, tools=[get_author])
    assert response.tool_message_params([(response.tool, "out")]) == [
        {"role": "tool", "content": "out", "tool_call_id": "call_1", "name": "get_author"}
    ]


@each("openai")
@pytest.mark.parametrize(
    ("output", "text"),
    [
        ("x", "x"),
        (b"x", "eA=="),
        (1.5, "1.5"),
        (None, "null"),
        ((1, "a"), '[1, "a"]'),
        ({"a": {1}}, '{"a": [1]}'),
    ],
)
def test_outputs(vendor: V1Vendor, loopback: Loopback, output: Any, text: str) -> None:
    loopback.script = CALLS
    response = ask(vendor, tools=[get_author])
    assert response.tool_message_params([(response.tool, output)])[0]["content"] == text
    with pytest.raises(TypeError, match="Unsupported type for serialization: object"):
        response.tool_message_params([(response.tool, object())])


@each("openai", "xai", "litellm", "groq", "azure", "anthropic", "bedrock")
def test_partial_tools(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = CALLS
    stream = ask(vendor, stream={"partial_tools": True}, tools=[get_author])
    tools = [tool for _, tool in stream if tool is not None]
    partial = [tool for tool in tools if tool.delta is not None]
    whole = [tool for tool in tools if tool.delta is None]
    assert [tool.delta for tool in partial] == [p for call in TWO_TOOLS for p in call.pieces]
    assert [tool.args for tool in partial] == [
        {"title": None, "limit": None},
        {"title": "A", "limit": None},
        {"title": "A", "limit": None},
        {"title": "B", "limit": 2},
    ]
    assert type(partial[0]).__name__ == "Partialget_author"
    assert args(whole) == EXPECTED
    # Only whole tools are part of the answer.
    assert args(stream.construct_call_response().tools) == EXPECTED


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Find(BaseTool):
    """Find a thing."""

    name: str = Field(description="What it is called.")
    color: Color | None = None
    size: Literal["s", "m"] = "s"

    def call(self) -> str:
        return f"{self.name} {self.size}"


@each()
def test_a_tool_class(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(
        texts=(),
        tools=(ToolScript("1", "Find", ('{"name": "hat", "color": "red"}',)),),
        finish="tool_calls",
    )
    response = ask(vendor, tools=[Find])
    tool = response.tool
    assert isinstance(tool, Find)
    assert isinstance(tool, type(response)._vendor.tool_type)
    assert (tool.call(), tool.color) == ("hat s", Color.RED)
    assert "What it is called." in json.dumps(loopback.last.body)
    assert "Find a thing." in json.dumps(loopback.last.body)


@each("anthropic")
def test_a_cached_tool_of_anthropic(vendor: V1Vendor, loopback: Loopback) -> None:
    class Cached(Find):
        """Find it again."""

        tool_config = {"cache_control": {"type": "ephemeral"}}  # noqa: RUF012  # as users write it

    ask(vendor, tools=[get_author, Cached])
    first, second = loopback.last.body["tools"]
    assert "cache_control" not in first
    assert second["cache_control"] == {"type": "ephemeral"}


@each("groq")
def test_unknown_tool_options_are_ignored_aloud(vendor: V1Vendor, loopback: Loopback) -> None:
    class Strict(Find):
        """Find it."""

        tool_config = {"strict": True}  # noqa: RUF012  # as users write it

    tool = vendor.module().GroqTool
    with pytest.warns(UserWarning, match="strict"):
        made = tool.type_from_base_model_type(Strict)
    assert "strict" not in made.tool_schema()["function"]


def test_base_tool_has_no_schema() -> None:
    with pytest.raises(RuntimeError, match="vendor"):
        Find.tool_schema()


@each("openai")
def test_arguments_that_do_not_fit(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(
        texts=(), tools=(ToolScript("1", "get_author", ('{"limit": "many"}',)),)
    )
    with pytest.raises(ValidationError):
        _ = ask(vendor, tools=[get_author]).tools


@each("openai")
def test_a_refusal(vendor: V1Vendor, loopback: Loopback) -> None:
    response = ask(vendor, tools=[ping])
    response.response.choices[0].message.refusal = "I would rather not."
    with pytest.raises(ValueError, match="rather not"):
        _ = response.tools


def test_functions_that_are_no_tools() -> None:
    def bare(x) -> None:  # type: ignore[no-untyped-def]
        """Do."""

    def misnamed(x: int) -> None:
        """Do.

        Args:
            y: What is not there.
        """

    def empty(x: int) -> None:
        """Do.

        Args:
            x:
        """

    for fn, words in (
        (bare, "All parameters must have a type annotation"),
        (misnamed, "'y'"),
        (empty, "'x'"),
    ):
        with pytest.raises(ValueError, match=words):
            BaseTool.type_from_fn(fn)


def test_parameters_named_like_a_tool_s_own() -> None:
    def store(id: str, args: int, call: bool, delta: float, model_name: str) -> str:
        """Store."""
        return f"{id} {args} {call} {delta} {model_name}"

    made = BaseTool.type_from_fn(store)
    values = {"id": "i", "args": 1, "call": True, "delta": 2.0, "model_name": "m"}
    assert set(made.parameters()["properties"]) == set(values)
    tool = made.model_validate(values)
    assert tool.args == values
    assert tool.call() == "i 1 True 2.0 m"


def test_annotated_descriptions_and_examples() -> None:
    def look(at: Annotated[str, Field(description="Where.")]) -> str:
        """Look.

        Returns:
            What is there.
        """
        return at

    made = BaseTool.type_from_fn(look)
    assert made.parameters()["properties"]["at"]["description"] == "Where."
    assert "What is there." in made._description()


class Library(BaseToolKit):
    __namespace__ = "lib"
    shelf: str

    @toolkit_tool
    def find(self, title: str) -> str:
        """Find a book on {self.shelf}."""
        return f"{self.shelf}/{title}"

    @toolkit_tool
    class Count(BaseTool):
        """Count the books."""

        def call(self) -> int:
            return 7


@each("openai", "anthropic")
def test_toolkit(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(
        texts=(),
        tools=(
            ToolScript("1", "lib_find", ('{"title": "A"}',)),
            ToolScript("2", "lib_Count", ("{}",)),
        ),
        finish="tool_calls",
    )
    response = ask(vendor, tools=Library(shelf="top").create_tools())
    assert [tool.call() for tool in response.tools] == ["top/A", 7]
    assert "Find a book on top." in json.dumps(loopback.last.body)


def test_toolkits_that_are_none() -> None:
    with pytest.raises(ValueError, match="no tool"):

        class Empty(BaseToolKit):
            pass

    with pytest.raises(ValueError, match="docstring"):

        class Silent(BaseToolKit):
            @toolkit_tool
            def find(self) -> str:
                return ""

    for doc in ("{other.x}", "{self.__class__}", "{self.missing}", "{self.a.b}"):
        with pytest.raises(ValueError, match="find"):

            class Bad(BaseToolKit):
                @toolkit_tool
                def find(self) -> str:
                    return ""

                find.__doc__ = doc


def test_a_toolkit_may_be_defined_twice() -> None:
    for _ in range(2):

        class Again(BaseToolKit):
            __namespace__ = "again"

            @toolkit_tool
            def find(self) -> str:
                """Find."""
                return ""

    assert [tool._name() for tool in Again().create_tools()] == ["again_find"]


class Book(BaseModel):
    """A book."""

    title: str


@each("openai")
async def test_models_as_tools(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=(), tools=(ToolScript("1", "Book", ('{"title": "A"}',)),))
    response = await aask(vendor, tools=[Book])
    assert isinstance(response.tool, Book)
    assert response.tool.call() == {"title": "A"}


@each("google", "vertex", "gemini")
def test_tools_of_a_sibling_are_declared_as_the_vendor_s_own(vendor: V1Vendor) -> None:
    """Fallbacks hand one vendor's tools to another one, which has an SDK of its own."""

    def base(of: V1Vendor) -> type[BaseTool]:
        tool: type[BaseTool] = getattr(of.module(), f"{of.name.capitalize()}Tool")
        return tool

    def shown(schema: Any) -> str:
        return str(schema.to_proto() if hasattr(schema, "to_proto") else schema)

    for other in (BY_NAME[name] for name in ("google", "vertex", "gemini") if name != vendor.name):
        if other.installed:
            for tool in (get_author, ping):
                own = base(vendor).type_from_fn(tool).tool_schema()
                theirs = base(other).type_from_fn(tool)
                sent = base(vendor).type_from_base_model_type(theirs).tool_schema()
                assert type(sent) is type(own)
                assert shown(sent) == shown(own)
