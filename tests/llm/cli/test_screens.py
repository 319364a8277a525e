"""The page of the command shows what the command shows."""

from __future__ import annotations

import pytest

pytest.importorskip("prompt_toolkit", reason="the extra 'cli' is not installed")
pytest.importorskip("rich", reason="the extra 'cli' is not installed")
pytest.importorskip("pyte", reason="it is what reads a screen")
pytest.importorskip("uvicorn", reason="the extra 'server' is not installed")

from tests.llm.cli.screens import COLUMNS, PAGE, SCREENS, drawn, on_page, steady

SHOWN = on_page(PAGE.read_text("utf-8"))


def test_the_page_shows_what_the_command_shows() -> None:
    screens = dict(drawn())
    assert [*screens] == [screen.commands[0] for screen in SCREENS]
    for command, text in screens.items():
        assert steady(SHOWN[command]) == steady(text)
        shown = [line for line in text.splitlines() if not line.startswith("$ ")]
        assert max(map(len, shown)) <= COLUMNS


def test_what_differs_from_day_to_day_is_left_out_and_nothing_else() -> None:
    told = "a/b · 70 tokens in, 20 out · 0.1 s\n1  2026-11-21 23:48  a/b  Why?\nmcp yes, otel no\n"
    other = "a/b · 70 tokens in, 20 out · 12.9 s\n1  2027-01-02 03:04  a/b  Why?\nmcp no, otel no\n"
    assert steady(told) == steady(other)
    for was, now in (("70", "71"), ("a/b", "a/c"), ("Why?", "Why not?"), ("mcp", "mcq")):
        assert steady(told) != steady(told.replace(was, now))
