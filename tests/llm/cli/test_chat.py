"""``mirascope chat`` in a real terminal."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mirascope.llm.cli.blocks import Blocks
from mirascope.llm.testing import Cut, Simulator, Turn
from tests.llm.cli.home import COMPLETIONS, Home, said
from tests.llm.cli.terminals import ALT_ENTER, CTRL_C, CTRL_D, ENTER, Terminal
from tests.llm.cli.test_ask import COMMAND, environment
from tests.llm.cli.test_main import without

pytest.importorskip("prompt_toolkit", reason="the extra 'cli' is not installed")
pytest.importorskip("rich", reason="the extra 'cli' is not installed")


class Chats:
    def __init__(self, home: Home) -> None:
        self.home = home
        self._open: list[Terminal] = []

    def __call__(self, *arguments: str, columns: int = 80, **more: str) -> Terminal:
        terminal = self.begun(*arguments, columns=columns, **more)
        terminal.until_prompt()
        return terminal

    def begun(self, *arguments: str, columns: int = 80, **more: str) -> Terminal:
        command = [*COMMAND, "chat", *COMPLETIONS, *arguments]
        terminal = Terminal(command, columns, {**self.home.variables, **more})
        self._open.append(terminal)
        return terminal

    def close(self) -> None:
        for terminal in self._open:
            terminal.close()


@pytest.fixture
def chats(home: Home) -> Iterator[Chats]:
    chats = Chats(home)
    yield chats
    chats.close()


def script(simulator: Simulator, *turns: Any) -> None:
    simulator.__init__(turns)  # type: ignore[misc]


MARKDOWN = "# Salt\n\nIt is *old*:\n\n- rain\n- **rivers**\n\n```python\nx = 1\n\ny = 2\n```\n"


@pytest.mark.parametrize("columns", [40, 120])
def test_a_conversation(chats: Chats, simulator: Simulator, columns: int) -> None:
    script(simulator, MARKDOWN, "word " * 60, "Bye.")
    chat = chats(columns=columns)
    shown = chat.ask("Why is the sea salt?")
    assert " • rivers" in shown
    assert "# Salt" not in shown.splitlines()
    assert "y = 2" in shown
    assert "openai/gpt-5-mini:completions ·" in shown
    assert chat.written.count("\x1b[1m") > 0  # rivers are bold
    shown = chat.ask("And?")
    lines = [line for line in shown.splitlines() if line.startswith("word")]
    assert max(map(len, lines)) <= columns
    chat.ask("Last one.")
    assert [text for role, text in said(simulator) if role == "user"] == [
        "Why is the sea salt?",
        "And?",
        "Last one.",
    ]
    chat.type(CTRL_D)
    assert chat.end() == 0
    entries = chats.home.entries()
    assert [one["question"] for one in entries] == ["Why is the sea salt?", "And?", "Last one."]
    assert len({one["conversation"] for one in entries}) == 1
    history = chats.home.log.parent / "chat_history"
    assert history.stat().st_mode & 0o777 == 0o600
    assert "+And?" in history.read_text()


def test_a_template(chats: Chats, simulator: Simulator) -> None:
    chats.home.run("templates", "save", "into", "Into $language: $input", "-s", "Only $language.")
    script(simulator, "Olá.", "Tchau.")
    chat = chats("-T", "into", "-p", "language", "Portuguese")
    chat.ask("Hello.")
    chat.ask("It costs $5.")
    assert said(simulator) == [
        ("system", "Only Portuguese."),
        ("user", "Into Portuguese: Hello."),
        ("assistant", "Olá."),
        ("user", "Into Portuguese: It costs $5."),
    ]


def test_a_template_that_asks_first(chats: Chats, simulator: Simulator) -> None:
    chats.home.run("templates", "save", "joke", "Tell a joke.")
    script(simulator, "Two salts meet.", "One says: pass me.")
    chat = chats("-T", "joke")
    assert "Two salts meet." in chat.written
    chat.ask("Go on.")
    assert said(simulator) == [
        ("user", "Tell a joke."),
        ("assistant", "Two salts meet."),
        ("user", "Go on."),
    ]


@pytest.mark.parametrize(
    ("template", "told"),
    [
        (["x", "--schema", "name, age int"], "the template asks for an object"),
        (["Who is $who?"], "the template wants -p who VALUE"),
        (["x", "-s", "You are $who."], "the template wants -p who VALUE"),
    ],
)
def test_a_template_that_cannot_be(chats: Chats, template: list[str], told: str) -> None:
    chats.home.run("templates", "save", "odd", *template)
    chat = chats.begun("-T", "odd")
    chat.until(told)
    assert chat.end() == 2


def test_lines(chats: Chats, simulator: Simulator) -> None:
    chat = chats()
    chat.ask(f"One{ALT_ENTER}two\\{ENTER}three")
    chat.ask("\x1b[200~pasted\r\nlines\x1b[201~")
    assert said(simulator, 0)[-1][1] == "One\ntwo\nthree"
    assert said(simulator, 1)[-1][1] == "pasted\nlines"


def test_ctrl_c_keeps_what_came_and_goes_on(chats: Chats, simulator: Simulator) -> None:
    script(simulator, Turn(text="Begun. " + "word " * 500, delay=0.02), "Gone on.")
    chat = chats()
    chat.type(f"Tell.{ENTER}")
    chat.until("Begun.")
    chat.type(CTRL_C)
    chat.until("Interrupted; what came is kept.")
    chat.until_prompt()
    assert "Gone on." in chat.ask("Go on.")
    user, assistant, last = said(simulator)
    assert (user[1], last[1]) == ("Tell.", "Go on.")
    assert str(assistant[1]).startswith("Begun.")
    assert len(str(assistant[1])) < 2000
    chat.type(f"dropped{CTRL_C}")
    chat.until_prompt()
    chat.type(f"/quit{ENTER}")
    assert chat.end() == 0


def test_commands(chats: Chats, simulator: Simulator, tmp_path: Path) -> None:
    (tmp_path / "hills.py").write_text(
        'def height(hill: str) -> int:\n    "How high?"\n    return 490\n'
    )
    call = Turn(text="Let me look.", tool_calls=[("height", {"hill": "Peninha"})])
    script(simulator, call, "490 metres.", "Never.", "Other.", "Third.", "Fourth.")
    chat = chats("-s", "Be brief.", "-t", str(tmp_path / "hills.py"))
    shown = chat.ask("How high?")
    assert shown.index("Let me look.") < shown.index('→ height(hill="Peninha")')
    assert shown.index("← 490") < shown.index("490 metres.")
    assert "height: How high?" in chat.ask("/tools", "How high?\r\n")
    chat.ask("What?")
    assert "Taken back: What?" in chat.ask("/undo", "back: What?\r\n")
    chat.ask("Else?")
    assert [role for role, _ in said(simulator)] == [
        *["system", "user", "assistant", "tool", "assistant", "user"]
    ]
    assert "openai/gpt-5:completions" in chat.ask("/model openai/gpt-5:completions", "ions\r\n")
    chat.ask("Third?")
    assert simulator.requests[-1].model == "gpt-5"
    assert "4 answers · " in chat.ask("/cost", " out · ")
    for name in ("chat.json", "chat.md"):
        chat.ask(f"/save {tmp_path / name}", f"{name}.")
    assert [
        one["role"] for one in json.loads((tmp_path / "chat.json").read_text())["messages"]
    ] == [
        *["system", "user", "assistant", "user", "assistant", "user", "assistant", "user"],
        "assistant",
    ]
    assert "## User\n\nElse?\n" in (tmp_path / "chat.md").read_text()
    assert "File exists" in chat.ask(f"/save {tmp_path / 'chat.md'}", "File exists")
    assert "is no command" in chat.ask("/dance", "shows them")
    assert "/undo" in chat.ask("/help", "Ctrl-D does")
    chat.type(CTRL_D)
    assert chat.end() == 0
    chats.home.ask("And?", "-c")
    questions = [text for role, text in said(simulator) if role == "user"]
    assert questions == ["How high?", "Else?", "Third?", "And?"]


def test_thoughts_are_folded(chats: Chats) -> None:
    chat = chats("--thoughts", "-m", "anthropic/claude-sonnet-4-6", "--simulate")
    shown = chat.ask("x")
    assert re.search(r"▸ Thought for \d+ s, \d+ words; /thoughts shows them\.", shown)
    assert "Let me see" not in shown
    assert "Let me see" in chat.ask("/thoughts", "Let me see")


def test_an_error_ends_no_chat(chats: Chats, simulator: Simulator) -> None:
    script(simulator, Turn(text="Once upon a time", fault=Cut()), "Well.")
    chat = chats()
    assert "mirascope: " in chat.ask("Tell.", "try again.\r\n")
    assert "Well." in chat.ask("Go on.")
    assert [role for role, _ in said(simulator)] == ["user", "assistant", "user"]


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_plainly(chats: Chats, simulator: Simulator, variables: dict[str, str]) -> None:
    script(simulator, "It is **old**.\x1b[2J")
    chat = chats.begun(**variables)
    if "TERM" in variables:  # no line can be edited there
        chat.until("> ")
    else:
        chat.until_prompt()
    chat.type(f"x{ENTER}")
    chat.until(" out · ")
    answer = chat.written[chat.written.index("It is") :]
    assert answer.startswith("It is **old**.\ufffd[2J")


def test_without_a_terminal() -> None:
    done = subprocess.run(
        [*COMMAND, "chat", "--simulate"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "mirascope: chat needs a terminal; `mirascope ask` does without\n"


def test_without_the_extra() -> None:
    terminal = Terminal([*without("prompt_toolkit"), "chat", "--simulate"], 80, {})
    try:
        assert terminal.end() == 2
        assert "in a checkout of this project, pip install '.[cli]'" in terminal.written
    finally:
        terminal.close()


def test_a_terminal_that_goes_away(chats: Chats, simulator: Simulator) -> None:
    chat = chats()
    chat.ask("x")
    chat.process.send_signal(signal.SIGTERM)
    assert chat.end() == 143
    assert sys.stdout.closed is False


# --- blocks


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_blocks(size: int) -> None:
    text = MARKDOWN + "\n1. one\n\n   still one\n\n2. two\n\nEnd\n"
    blocks = Blocks()
    found = [
        block
        for start in range(0, len(text), size)
        for block in blocks.feed(text[start : start + size])
    ]
    found.append(blocks.close())
    assert "".join(found) == text
    assert [block.strip().partition("\n")[0] for block in found] == [
        *["# Salt", "It is *old*:", "- rain", "```python", "1. one", "2. two", "End"]
    ]
    assert blocks.rest == ""
