"""The mode that a response's format has is the one that was sent, whatever was asked for."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.formatting import FORMAT_TOOL_NAME, FormattingMode
from mirascope.llm.testing.conversation import TurnRequest

from .conftest import Colour


class Book(BaseModel):
    """A book."""

    title: str
    pages: int | None = None


class Totals(BaseModel):
    """Keys of the model's choice."""

    totals: dict[str, int]


class Tree(BaseModel):
    """Leads back to itself."""

    name: str
    children: list[Tree]


class Place(BaseModel):
    """A tuple."""

    at: tuple[int, str]


class Anything(BaseModel):
    """A value of any type."""

    value: Any


class Size(BaseModel):
    """Numbers by name."""

    size: Literal[1, 2]


COMPLETIONS = "openai/gpt-4o:completions"
RESPONSES = "openai/gpt-5-mini"
MESSAGES = "anthropic/claude-sonnet-4-5"
GOOGLE = "google/gemini-2.5-flash"
OLD_GOOGLE = "google/gemini-2.0-flash"
UNKNOWN = "groq/some-model"
ENFORCED: dict[str, tuple[type[BaseModel], ...]] = {
    COMPLETIONS: (Book, Tree, Size),
    UNKNOWN: (Book, Tree, Size),
    RESPONSES: (Book, Tree, Size),
    MESSAGES: (Book, Size),
    GOOGLE: (Book, Totals, Tree, Place, Anything, Size),
    OLD_GOOGLE: (Book,),
}
CASES = [
    (model_id, cls, cls in enforced)
    for model_id, enforced in ENFORCED.items()
    for cls in (Book, Totals, Tree, Place, Anything, Size)
]


class Wire:
    """Notes how the last question came, and does not answer."""

    mode: FormattingMode | None = None

    def __call__(self, asked: TurnRequest) -> str:
        if any(tool.name == FORMAT_TOOL_NAME for tool in asked.tools):
            self.mode = "tool"
        elif asked.schema is not None:
            self.mode = "strict"
        else:
            self.mode = "json"
        return "?"


@pytest.fixture
def wire() -> Iterator[Wire]:
    wire = Wire()
    with llm.testing.simulate(script=[wire] * 3):
        yield wire


def downgrades(caplog: pytest.LogCaptureFixture) -> list[str]:
    assert {record.levelno for record in caplog.records} <= {logging.WARNING}
    return [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize(("model_id", "cls", "enforced"), CASES)
def test_strict_is_strict_or_said_to_be_a_tool(
    colour: Colour,
    wire: Wire,
    caplog: pytest.LogCaptureFixture,
    model_id: str,
    cls: type[BaseModel],
    enforced: bool,
) -> None:
    format: Any = llm.format(cls, mode="strict")
    response = colour.call(llm.Model(model_id), "?", format=format)
    assert response.format.mode == wire.mode == ("strict" if enforced else "tool")
    assert response.format.formattable is cls
    assert format.mode == "strict"
    warnings = downgrades(caplog)
    assert bool(warnings) is not enforced
    for said in (cls.__name__, model_id, "'tool'", "'strict'") if warnings else ():
        assert said in warnings[0]


@pytest.mark.parametrize(("model_id", "cls", "enforced"), CASES)
def test_nobody_is_told_who_asked_for_no_mode(
    colour: Colour,
    wire: Wire,
    caplog: pytest.LogCaptureFixture,
    model_id: str,
    cls: type[BaseModel],
    enforced: bool,
) -> None:
    response = colour.read(llm.Model(model_id), "?", format=cls)
    expected = "strict" if enforced and model_id != UNKNOWN else "tool"
    assert response.format.mode == wire.mode == expected
    assert downgrades(caplog) == []


@pytest.mark.parametrize(
    "model_id", [COMPLETIONS, RESPONSES, MESSAGES, GOOGLE, OLD_GOOGLE, UNKNOWN]
)
@pytest.mark.parametrize("mode", ["json", "tool"])
def test_the_other_modes_are_what_they_say(
    colour: Colour,
    wire: Wire,
    caplog: pytest.LogCaptureFixture,
    model_id: str,
    mode: FormattingMode,
) -> None:
    response = colour.call(llm.Model(model_id), "?", format=llm.format(Totals, mode=mode))
    assert response.format.mode == wire.mode == mode
    assert downgrades(caplog) == []


@pytest.mark.parametrize("cls", [Book, Totals])
@pytest.mark.parametrize("model_id", ["openai/gpt-4", "anthropic/claude-3-5-haiku-latest"])
def test_a_model_that_enforces_nothing(colour: Colour, model_id: str, cls: type[BaseModel]) -> None:
    with llm.testing.simulate(["?"]), pytest.raises(llm.FeatureNotSupportedError) as raised:
        colour.read(llm.Model(model_id), "?", format=llm.format(cls, mode="strict"))
    assert raised.value.feature == "formatting_mode:strict"


def test_a_conversation_goes_on_in_the_mode_that_was_sent(colour: Colour, wire: Wire) -> None:
    response = colour.call(
        llm.Model(MESSAGES), "?", format=llm.format(Totals, mode="strict"), tools=None
    )
    resumed = colour.run(response.resume("Again."))
    assert resumed.format.mode == wire.mode == "tool"


@pytest.mark.parametrize("mode", ["stict", "Strict", "", None, 5])
def test_a_mode_that_does_not_exist(mode: Any) -> None:
    with pytest.raises(ValueError, match="mode has to be one of strict, json, tool, parser"):
        llm.format(Book, mode=mode)
