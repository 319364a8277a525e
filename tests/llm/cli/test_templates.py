"""``mirascope templates``, and asking with one."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope.llm.cli.toml_text import toml_text
from mirascope.llm.testing import Simulator
from tests.llm.cli.home import Home, said

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def save(home: Home, *arguments: str) -> None:
    code, _, err = home.run("templates", "save", *arguments)
    assert code == 0, err


def test_asking_with_one(home: Home, simulator: Simulator) -> None:
    save(
        home,
        *["translate", "Into $language, for $$1:\n$input", "-s", "You speak ${language}."],
        *["-p", "language", "English", "-o", "temperature", "0.5", "-o", "max_tokens", "9"],
        *["-m", "openai/gpt-4o:completions"],
    )
    assert home.run("templates")[1] == "translate: Into $language, for $$1: $input\n"
    assert home.run("ask", "-T", "translate", "Olá.")[0] == 0
    assert said(simulator) == [
        ("system", "You speak English."),
        ("user", "Into English, for $1:\nOlá."),
    ]
    body: Any = simulator.requests[-1].body
    assert (body["model"], body["temperature"], body["max_tokens"]) == ("gpt-4o", 0.5, 9)
    more = ["-p", "language", "Finnish", "-s", "Be brief.", "-o", "temperature", "0.1"]
    assert home.run("ask", "-T", "translate", *more, stdin=b"Ola\n")[0] == 0
    assert said(simulator) == [("system", "Be brief."), ("user", "Into Finnish, for $1:\nOla\n")]
    assert simulator.requests[-1].body["temperature"] == 0.1
    assert home.run("templates", "remove", "translate")[0] == 0
    assert home.run("templates")[1] == ""


def test_one_that_needs_no_question(home: Home, simulator: Simulator) -> None:
    save(home, "joke", "Tell a joke.", "--schema", "joke, funny bool")
    code, out, _ = home.run("ask", "-T", "joke", "-m", "openai/gpt-5-mini:completions")
    assert code == 0
    assert '"funny"' in out
    assert said(simulator)[-1][1] == "Tell a joke."


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ask", "x", "-T", "missing"], "there is no template missing; there are: odd"),
        (["ask", "x", "-T", "odd"], "the template wants -p who VALUE"),
        (["ask", "x", "-T", "../odd"], "is no name"),
        (["ask", "x", "-p", "a", "b"], "--param is for a template"),
        (["templates", "save", "empty"], "there is nothing to save"),
        (["templates", "save", "a", "b", "-o", "heat", "1"], "--option heat: not known"),
        (["templates", "show", "missing"], "there is no template missing"),
        (["templates", "remove", "missing"], "there is no template missing"),
    ],
)
def test_wrong_usage(home: Home, arguments: list[str], told: str) -> None:
    save(home, "odd", "Who is $who?")
    code, out, err = home.run(*arguments)
    assert (code, out) == (2, "")
    assert told in err
    assert "Traceback" not in err


def test_editing(home: Home) -> None:
    editor = home.folder / "editor"
    editor.write_text('#!/bin/sh\nprintf \'prompt = "New: $input"\\n\' > "$1"\n')
    editor.chmod(0o700)
    code, _, err = home.run("templates", "edit", "new", env={"EDITOR": str(editor)})
    assert code == 0, err
    assert home.run("templates", "show", "new")[1] == 'prompt = "New: $input"\n'
    editor.write_text("#!/bin/sh\necho 'prompt = [' > \"$1\"\n")
    assert home.run("templates", "edit", "new", env={"EDITOR": str(editor)})[0] == 2
    assert home.run("templates", "edit", "new", env={"EDITOR": "/no/editor"})[0] == 2


@given(st.dictionaries(TEXT, TEXT | st.booleans() | st.dictionaries(TEXT, TEXT)))
def test_what_is_written_is_read(table: dict[str, object]) -> None:
    assert tomllib.loads(toml_text(table)) == table
