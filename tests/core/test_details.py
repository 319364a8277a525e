"""Details that programs rely on, each found by comparing with what people wrote."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, computed_field

from mirascope.core import (
    BaseDynamicConfig,
    BasePrompt,
    BaseTool,
    BaseToolKit,
    Messages,
    merge_decorators,
    metadata,
    prompt_template,
    toolkit_tool,
)

from .asking import ask
from .loopback import Loopback, Script, ToolScript
from .vendors import V1Vendor, each


def loud(fn: Any) -> Any:
    """A decorator that does not say whom it wraps."""

    def inner(*args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs).upper()

    return inner


def test_merged_decorators_keep_the_function() -> None:
    @merge_decorators(loud, metadata({"tags": {"a"}}))()
    def question(topic: str) -> str:
        """Ask."""
        return topic

    made: Any = question
    assert made("x") == "X"
    assert (made.__name__, made.__doc__, made._metadata) == ("question", "Ask.", {"tags": {"a"}})


class Book(BaseModel):
    """A book."""

    title: str
    pages: int


class Attribute(BasePrompt):
    prompt_template = "About {topic}, {twice}"
    topic: str

    @computed_field
    @property
    def twice(self) -> str:
        return self.topic * 2


class Docstring(BasePrompt):
    """About {topic}"""

    topic: str


@prompt_template("See {picture:image} and {note:text}!{:cache_control}")
class Picture(BasePrompt):
    picture: Any
    note: str


def test_prompt_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    prompt = Attribute(topic="tea")
    assert str(prompt) == "About tea, teatea"
    assert prompt.message_params() == [Messages.User("About tea, teatea")]
    assert prompt.dump()["template"] == "About {topic}, {twice}"
    with pytest.raises(ValueError, match="No prompt template"):
        str(Docstring(topic="tea"))
    monkeypatch.setenv("MIRASCOPE_DOCSTRING_PROMPT_TEMPLATE", "ENABLED")
    assert str(Docstring(topic="tea")) == "About tea"


def test_the_text_of_a_prompt_looks_at_no_media() -> None:
    assert str(Picture(picture=Path("there-is-none.png"), note="n")) == "See  and n!"


@each("openai")
def test_prompt_classes_run(vendor: V1Vendor, loopback: Loopback) -> None:
    Attribute(topic="tea").run(vendor.module().call(vendor.model))
    assert loopback.last.body["messages"] == [{"role": "user", "content": "About tea, teatea"}]


def test_dynamic_configs_take_parameters() -> None:
    def question() -> BaseDynamicConfig[Any, Any, Any]:
        return {"computed_fields": {}}

    assert BaseDynamicConfig[Any, Any, Any]
    assert question() == {"computed_fields": {}}


@each("openai", "xai", "litellm")
def test_a_delta_with_text_and_audio(vendor: V1Vendor, loopback: Loopback) -> None:
    stream = ask(vendor, stream=True)
    chunks = [chunk for chunk, _ in stream]
    spoken = next(chunk for chunk in chunks if chunk.content).chunk.model_copy(deep=True)
    spoken.choices[0].delta.audio = {"data": "AAEC", "transcript": "hm", "id": "a"}
    both = type(chunks[0])(chunk=spoken)
    assert both.content
    assert (both.audio, both.audio_transcript) == (b"\x00\x01\x02", "hm")


@each("openai", "xai")
def test_a_refusal_in_a_stream(vendor: V1Vendor, loopback: Loopback) -> None:
    module = vendor.module()
    prefix = type(module.call.vendor).__name__.removesuffix("Vendor")
    stream = ask(vendor, stream=True, tools=[Open])
    list(stream)
    chunks: list[Any] = []
    for words in ("I ", "won't."):
        (native, *_) = [chunk.chunk for chunk, _ in ask(vendor, stream=True) if chunk.content]
        native.choices[0].delta.content, native.choices[0].delta.refusal = None, words
        chunks.append(getattr(module, f"{prefix}CallResponseChunk")(chunk=native))
    fields = {name: getattr(stream, name) for name in ("metadata", "tool_types", "fn_args")}
    names = ("call_response_type", "prompt_template", "dynamic_config", "messages", "call_params")
    fields |= {name: getattr(stream, name) for name in (*names, "call_kwargs")}
    refused = type(stream)(stream=((c, None) for c in chunks), model="m", **fields)
    assert [chunk.refusal for chunk, _ in refused] == ["I ", "won't."]
    assert refused.refusal == "I won't."
    response = refused.construct_call_response()
    assert response.refusal == "I won't."
    with pytest.raises(ValueError, match=r"I won't\."):
        _ = response.tools


class Open(BaseModel):
    """Open a door."""

    door: str

    def call(self) -> str:
        return f"{self.door} is open"


@each("openai")
def test_a_model_s_own_call(vendor: V1Vendor, loopback: Loopback) -> None:
    script = ToolScript("1", "Open", ('{"door": "a"}',))
    loopback.script = Script(texts=(), tools=(script,), finish="tool_calls")
    assert ask(vendor, tools=[Open]).tool.call() == "a is open"


class Braces(BaseToolKit):
    """Tools with braces in their docstrings."""

    stock: str

    @toolkit_tool
    def sell(self, what: str) -> str:
        """Sell {self.stock}, as {foo} or {"what": {"a": 1}}, or { alone."""
        return what


def test_only_members_are_filled_in() -> None:
    (tool,) = Braces(stock="tea").create_tools()
    assert tool._description() == 'Sell tea, as {foo} or {"what": {"a": 1}}, or { alone.'


@each("openai")
def test_toolkits_are_not_kept(vendor: V1Vendor, loopback: Loopback) -> None:
    script = ToolScript("1", "sell", ('{"what": "tea"}',))
    kits = []
    for _ in range(20):
        kit = Braces(stock="tea")
        kits.append(weakref.ref(kit))
        loopback.script = Script(texts=(), tools=(script,), finish="tool_calls")
        stream = ask(vendor, tools=kit.create_tools(), stream={"partial_tools": True})
        assert [tool.call() for _, tool in stream if tool][-1] == "tea"
    del kit, stream
    gc.collect()
    assert [ref() for ref in kits if ref() is not None] == []


@each("openai")
def test_response_models_are_not_kept(vendor: V1Vendor, loopback: Loopback) -> None:
    def once() -> list[weakref.ref[Any]]:
        class Local(BaseModel):
            title: str

        script = ToolScript("1", "Local", ('{"title": "A"}',))
        loopback.script = Script(texts=(), tools=(script,), finish="tool_calls")
        assert ask(vendor, response_model=Local).title == "A"
        return [weakref.ref(Local)]

    (ref,) = once()
    gc.collect()
    assert ref() is None


def test_types_are_made_once() -> None:
    from mirascope.core.base.vendor_source import tool_type

    def look(at: str) -> str:
        """Look."""
        return at

    class Vendors(BaseTool):
        pass

    assert tool_type(look, Vendors) is tool_type(look, Vendors)
    assert tool_type(Open, Vendors) is tool_type(Open, Vendors)
    assert tool_type(look, Vendors) is not tool_type(look, BaseTool)


def pair(pair: tuple[int, str], book: Book, books: list[Book], both: tuple[Book, ...]) -> str:
    """Look."""
    return f"{pair} {book} {books} {both}"


@each("cohere")
def test_cohere_names_tuples_and_nested_models(vendor: V1Vendor, loopback: Loopback) -> None:
    one = '{"title": "A", "pages": 1}'
    arguments = f'{{"pair": [1, "a"], "book": {one}, "books": [{one}], "both": [{one}]}}'
    loopback.script = Script(texts=(), tools=(ToolScript("1", "pair", (arguments,)),))
    response = ask(vendor, tools=[pair])
    (tool,) = loopback.last.body["tools"]
    types = {name: each["type"] for name, each in tool["parameter_definitions"].items()}
    assert types == {
        "pair": "tuple[int, str]",
        "book": "dict",
        "books": "list[dict]",
        "both": "list[dict]",
    }
    assert "pages" in tool["parameter_definitions"]["book"]["description"]
    called = response.tool
    assert called.args["pair"] == (1, "a")
    assert called.args["book"] == called.args["books"][0] == Book(title="A", pages=1)


def test_text_parts_keep_their_white_space() -> None:
    @prompt_template("Say {a:text} and {b:texts} {c:image}")
    def say(a: str, b: list[str], c: str) -> None: ...

    (message,) = say("  x\n", [" ", "y "], "https://example.com/a.png")
    texts = [part.text for part in message.content if part.type == "text"]
    assert texts == ["Say", "  x\n", "and", " ", "y "]


@each("azure")
def test_azure_s_cached_tokens(vendor: V1Vendor, loopback: Loopback) -> None:
    assert ask(vendor).cached_tokens == 4
    stream = ask(vendor, stream=True)
    list(stream)
    assert stream.cached_tokens == 4


def amount(how: int | float, unit: Literal["g"] | Literal["kg", "t"]) -> str:
    """Weigh."""
    return f"{how} {unit}"


@each("gemini")
def test_unions_that_gemini_can_say(vendor: V1Vendor, loopback: Loopback) -> None:
    response = ask(vendor, tools=[amount])
    schema = response.tool_types[0]._declaration()["parameters"]["properties"]
    assert schema["how"] == {"type": "number"}
    assert schema["unit"]["enum"] == ["g", "kg", "t"]


@each("google")
def test_google_streams_structures_as_tools(vendor: V1Vendor, loopback: Loopback) -> None:
    tool = ToolScript("1", "Book", ('{"title": "AB", "pages": 3}',))
    loopback.script = Script(texts=(), tools=(tool,), finish="tool_calls")
    assert list(ask(vendor, response_model=Book, stream=True))[-1] == Book(title="AB", pages=3)
