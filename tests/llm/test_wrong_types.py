"""Arguments of wrong types: refused where they are given, by name, and never shown."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Callable
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.formatting.schemas import describe
from mirascope.llm.types.refusals import described

LLM: Any = llm
SECRET = "sk-secret"


class Odd:
    """Something that no argument takes, and that shows a secret."""

    def __repr__(self) -> str:
        return SECRET


ODD = Odd()
CALL = llm.ToolCall(id="1", name="weather", args='{"city": "Rome"}')


@llm.tool
def weather(city: str) -> str:
    """Say what the weather is like."""
    return f"Fine in {city}."


def prompt() -> str:
    return "hi"


def answered(stream: bool = False) -> Any:
    model = llm.Model("openai/gpt-5-mini")
    with llm.testing.simulate(["hello"]):
        if not stream:
            return model.call("hi")
        response = model.stream("hi")
        response.finish()
        return response


def restored(model: object) -> object:
    loaded: Any = llm.Response
    return loaded.from_json(answered().to_json(), model=model)


def said(script: object) -> object:
    with LLM.testing.simulate(script):
        return llm.Model("openai/gpt-5-mini").call("hi")


def odd_turn(request: object) -> object:
    return ODD


def asked(part: object) -> object:
    content: Any = [part]
    return llm.Model("openai/gpt-5-mini").call(content)


def registered(**settings: object) -> object:
    return LLM.register_provider("openai", "wrong-types/", **settings)


WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "execute": (lambda: LLM.Toolkit([weather]).execute(ODD), "tool_call takes an llm.ToolCall"),
    "execute_all": (lambda: LLM.Toolkit([weather]).execute_all(ODD), "tool_calls takes a list"),
    "execute_all of": (lambda: LLM.Toolkit([weather]).execute_all([ODD]), "tool_call takes"),
    "tool.execute": (lambda: LLM.Toolkit([weather]).tools[0].execute(ODD), "tool_call takes"),
    "get": (lambda: LLM.Toolkit([weather]).get(types.SimpleNamespace(name="x")), "tool_call takes"),
    "Toolkit": (lambda: LLM.Toolkit(ODD), "tools takes a list of tools"),
    "Tool parameters": (lambda: LLM.Tool(prompt, "a", "b", ODD), "parameters takes an llm.tools."),
    "Tool name": (lambda: LLM.Tool(prompt, ODD, "b", weather.parameters), "name takes text"),
    "strict": (lambda: LLM.tool(strict=ODD)(weather.fn), "strict takes True, False or None"),
    "prompt model": (lambda: LLM.prompt(prompt)(ODD), "model takes an llm.Model, or an id"),
    "a message as model": (lambda: LLM.prompt(prompt)(llm.messages.user("x")), "model takes"),
    "prompt of": (lambda: LLM.prompt(ODD), "fn takes a function that returns what to say"),
    "call of": (lambda: LLM.call("openai/gpt-5-mini")(ODD), "fn takes a function"),
    "call of None": (lambda: LLM.call("openai/gpt-5-mini")(None), "fn takes a function"),
    "format": (lambda: LLM.format(ODD, mode="json"), "format takes a type, such as Book"),
    "format of a call": (
        lambda: LLM.Model("openai/gpt-5-mini").call("x", format=llm.Timeout()),
        "format takes a type",
    ),
    "instructions": (lambda: LLM.output_parser(formatting_instructions=ODD), "instructions takes"),
    "parser": (lambda: LLM.output_parser(formatting_instructions="")(ODD), "parser takes a funct"),
    "Document.from_bytes": (lambda: LLM.Document.from_bytes(ODD), "data takes bytes"),
    "Document.from_bytes text": (lambda: LLM.Document.from_bytes("x"), "data takes bytes, not str"),
    "Document.from_url": (lambda: LLM.Document.from_url(ODD), "url takes an address, as text"),
    "Document mime_type": (lambda: LLM.Document.from_bytes(b"", mime_type=ODD), "mime_type takes"),
    "Image.from_bytes": (lambda: LLM.Image.from_bytes("x" * 20), "data takes bytes, not str"),
    "Image.from_url": (lambda: LLM.Image.from_url(ODD), "url takes an address, as text"),
    "Audio.from_bytes": (lambda: LLM.Audio.from_bytes(ODD), "data takes bytes"),
    "Video.from_bytes": (lambda: LLM.Video.from_bytes(ODD), "data takes bytes"),
    "Video.from_url": (lambda: LLM.Video.from_url(ODD), "url takes an address"),
    "Image source": (lambda: asked(LLM.Image(source=ODD)), r"llm\.Image\.source takes what llm"),
    "Text text": (lambda: asked(LLM.Text(text=ODD)), r"llm\.Text\.text takes text"),
    "ToolOutput id": (
        lambda: asked(LLM.ToolOutput(id=ODD, name="x", result="")),
        r"llm\.ToolOutput\.id takes text",
    ),
    "a call in a user message": (lambda: asked(CALL), "A part of this message has to be one of"),
    "parts by hand": (
        lambda: LLM.Model("openai/x").call([LLM.UserMessage(content="x")]),
        r"UserMessage\.content has to be a list of parts",
    ),
    "api_key": (lambda: registered(api_key=ODD), "api_key takes text"),
    "base_url": (lambda: registered(base_url=ODD), "base_url takes an address, as text"),
    "provider": (lambda: LLM.register_provider(ODD, "wrong-types/"), "provider takes the id of"),
    "layers": (lambda: registered(layers=[ODD]), "A layer takes the form of a function"),
    "layers of a model": (lambda: LLM.Model("openai/x", layers=5), "layers takes a list of layers"),
    "layers of a block": (lambda: LLM.layers(ODD).__enter__(), "A layer takes"),
    "text": (lambda: answered().text(sep=ODD), "sep takes text"),
    "text_stream": (lambda: answered(stream=True).text_stream(ODD), "sep takes text"),
    "from_json": (lambda: restored(ODD), "model takes an llm.Model, or an id"),
    "from_json a class": (lambda: restored(llm.Model), "not the class Model"),
    "max_retries": (lambda: answered().validate(ODD), "max_retries takes a whole number"),
    "script": (lambda: said(ODD), "script takes a list of turns"),
    "a script of text": (lambda: said("hello"), "script takes a list of turns"),
    "a turn": (lambda: said([ODD]), "A turn of a script takes a text, a Turn or a function"),
    "a turn of a function": (lambda: said([odd_turn]), "A turn of a script takes"),
    "tool_calls": (lambda: LLM.testing.Turn(tool_calls=ODD), "tool_calls takes a list of calls"),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_argument_of_a_wrong_type(name: str) -> None:
    wrong, says = WRONG[name]
    with pytest.raises(TypeError, match=says) as raised:
        wrong()
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("cls", [llm.Image, llm.Audio, llm.Document, llm.Video])
@pytest.mark.parametrize("wrong", [10**400, 0, b"a.png", bytearray(b"x"), None])
def test_what_is_no_path(cls: Any, wrong: object) -> None:
    with pytest.raises(TypeError, match="file_path takes a path"):
        cls.from_file(wrong)


def test_calls_are_looked_at_before_the_first_is_run() -> None:
    ran: list[str] = []

    @llm.tool
    def note(city: str) -> str:
        """Take a note."""
        ran.append(city)
        return city

    call = llm.ToolCall(id="1", name="note", args='{"city": "Rome"}')
    kit: Any = llm.Toolkit([note])
    with pytest.raises(TypeError, match="tool_call takes"):
        kit.execute_all([call, ODD])
    assert ran == []
    assert kit.execute_all(iter([call]))[0].result == "Rome"


def test_asynchronous_tools_refuse_the_same() -> None:
    kit: Any = llm.AsyncToolkit([weather])
    with pytest.raises(TypeError, match="tool_call takes"):
        asyncio.run(kit.execute(ODD))
    with pytest.raises(TypeError, match="tool_call takes"):
        asyncio.run(kit.execute_all([CALL, ODD]))


@pytest.mark.parametrize("form", [int, list[int], int | None, LLM.Usage])
def test_types_are_no_values(form: Any) -> None:
    assert describe(form)[2]["properties"]


def test_a_request_that_holds_itself() -> None:
    loop: list[Any] = []
    loop.append(loop)
    model = llm.Model("openai/gpt-5-mini", extra_body={"mine": loop})
    with llm.testing.simulate(), pytest.raises(ValueError, match=r"^mine of the request .* itself"):
        model.call("hi")


@pytest.mark.parametrize(
    ("value", "kind"),
    [(5, "int"), (int, "the class int"), ([1, "x"], "list of int, str"), ([], "list of nothing")],
)
def test_how_a_value_is_told(value: object, kind: str) -> None:
    assert described(value) == kind
