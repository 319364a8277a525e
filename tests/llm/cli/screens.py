"""The screens of ``docs/cli.md``: what the command shows in a terminal of 80 columns.

The real program is run, and the simulator answers it. ``make screens`` writes them into the page,
and a test fails where the page shows anything else.
"""

from __future__ import annotations

import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyte

from mirascope.llm.testing import Simulator, Turn
from tests.llm.cli.terminals import CTRL_D, Terminal
from tests.llm.cli.test_ask import COMMAND, server

PAGE = Path(__file__).parents[3] / "docs" / "cli.md"
COLUMNS = 80
BLOCK = re.compile(r"(?<=^```console\n)\$ mirascope .*?(?=^```$)", re.MULTILINE | re.DOTALL)

HARBOUR = '''def tide(harbour: str) -> str:
    """Tell when the water is high in a harbour."""
    return f"{harbour}: 04:12"
'''
CALL = Turn(
    thoughts="Cascais is a harbour, so I should look at its tides.",
    tool_calls=[("tide", {"harbour": "Cascais"})],
)


@dataclass(frozen=True, kw_only=True)
class Screen:
    """What is typed in a shell, in this order, and what is answered to it."""

    commands: tuple[str, ...]
    answers: tuple[str | Turn, ...] = ()
    questions: tuple[str, ...] = ()
    """What is typed into a chat."""
    head: int | None = None
    """Lines of the first command that are shown; the rest is left out but for the last."""


SCREENS = (
    Screen(
        commands=(
            "mirascope config set model anthropic/claude-sonnet-4-5",
            "mirascope config set aliases.fast openai/gpt-5-mini",
            "mirascope config",
        )
    ),
    Screen(
        commands=('mirascope ask "When can I sail from Cascais?" -t harbour.py --thoughts',),
        answers=(CALL, "High water is at twelve past four."),
    ),
    Screen(
        commands=(
            'mirascope ask "Invent a dog." -m fast --schema "name, age int, tricks list[str]"',
        ),
        answers=(Turn(json={"name": "Bolota", "age": 4, "tricks": ["roll over", "bow"]}),),
    ),
    Screen(
        commands=("mirascope chat -t harbour.py --thoughts",),
        answers=(CALL, "High water is at **04:12**, so:\n\n1. sleep\n2. sail\n"),
        questions=("When can I sail from Cascais?",),
    ),
    Screen(commands=("mirascope logs", "mirascope logs search dog", "mirascope logs show 1")),
    Screen(
        commands=(
            "mirascope templates save translate 'Translate into $language: $input' "
            "-p language English",
            "mirascope templates",
            'mirascope ask -T translate "Bom dia." -p language Finnish -m fast',
        ),
        answers=("Hyvää päivää.",),
    ),
    Screen(commands=("mirascope doctor",)),
    Screen(commands=("mirascope models",), head=6),
)


def drawn() -> Iterator[tuple[str, str]]:
    """Yield each screen, after the command that it begins with; all are of one user."""
    simulator = Simulator()
    with tempfile.TemporaryDirectory(prefix="m", dir="/tmp") as name, server(simulator) as found:
        folder = Path(name)
        (folder / "harbour.py").write_text(HARBOUR)
        address = found["OPENAI_BASE_URL"].removesuffix("/v1")
        variables = {
            "HOME": name,
            "XDG_CONFIG_HOME": "",
            "XDG_DATA_HOME": "",
            "MIRASCOPE_LOGS": "",
            "TZ": "UTC",
            "OPENAI_BASE_URL": f"{address}/v1",
            "OPENAI_API_KEY": "key",
            "ANTHROPIC_BASE_URL": address,
            "ANTHROPIC_API_KEY": "key",
        }
        for screen in SCREENS:
            simulator.__init__(screen.answers)  # type: ignore[misc]  # what it plays from here on
            parts = [_run(screen, command, variables, folder) for command in screen.commands]
            text = "".join(parts).replace(name, "/home/ana").replace(address, "http://gateway")
            yield screen.commands[0], text


def _run(screen: Screen, command: str, variables: dict[str, str], folder: Path) -> str:
    arguments = [*COMMAND, *shlex.split(command)[1:]]
    terminal = Terminal(arguments, COLUMNS, variables, folder)
    try:
        for question in screen.questions:
            terminal.until_prompt()
            terminal.ask(question)
        if screen.questions:
            terminal.type(CTRL_D)
        if terminal.end():
            raise SystemExit(f"{command} failed: {terminal.written}")
    finally:
        terminal.close()
    lines = _lines(terminal.written)
    if screen.head is not None:
        lines = [*lines[: screen.head], "…", lines[-1]]
    return "\n".join([f"$ {command}", *lines, ""])


def _lines(written: str) -> list[str]:
    """Return what a screen with room for it all shows in the end, but for an empty prompt."""
    screen = pyte.Screen(COLUMNS, 400)
    pyte.Stream(screen).feed(written)
    lines = [line.rstrip() for line in screen.display]
    while lines and lines[-1] in ("", ">"):
        lines.pop()
    return lines


def steady(text: str) -> str:
    """Return a screen without what is another on each machine and each day."""
    text = re.sub(r"\b\d+\.\d s\b", "# s", text)
    text = re.sub(r"Thought for \d+ s", "Thought for # s", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "#", text)
    text = re.sub(r"conversation \w+", "conversation #", text)
    text = re.sub(r"\b(\w+) (?:yes|no)(?:(,)\s)?", r"\1 #\2 ", text)  # "no" leaves more room
    text = re.sub(r", (?:linux|darwin)$", ", #", text, flags=re.MULTILINE)
    return re.sub(r"(?<=[a-z3] )\d+(?:\.\w+)+", "#", text)


def on_page(page: str) -> dict[str, str]:
    """Return the screens that a page shows, by the commands that they begin with."""
    blocks = [match[0] for match in BLOCK.finditer(page)]
    return {block.partition("\n")[0].removeprefix("$ "): block for block in blocks}


def write() -> None:
    """Put into the page what the command shows now, where that is something else."""
    page = PAGE.read_text("utf-8")
    shown = on_page(page)
    for command, text in drawn():
        if command not in shown:
            raise SystemExit(f"{PAGE.name} has no block that begins with: $ {command}")
        if steady(shown[command]) != steady(text):
            page = page.replace(shown[command], text)
    PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    else:
        print("\n".join(text for _, text in drawn()))
