"""What ``mirascope chat`` reads and shows. Imports the extra ``cli``."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.key_binding.key_processor import KeyPressEvent
from rich.console import Console, RenderableType
from rich.live import Live
from rich.markdown import Markdown
from rich.segment import SegmentLines
from rich.text import Text

from mirascope.llm.cli.blocks import Blocks
from mirascope.llm.cli.terminal import CONTROLS, Terminal

__all__ = ["Answer", "Prompt"]


class Prompt:
    """Reads questions of one or several lines, with those of earlier chats to go back to."""

    def __init__(self, history: Path | None, commands: Sequence[str]) -> None:
        """Prepare for reading.

        Args:
            history: Where questions are kept; None to keep none.
            commands: What is completed.
        """
        if os.environ.get("TERM", "").lower() in ("", "dumb", "unknown"):
            self._session: PromptSession[str] | None = None
            return
        self._session = PromptSession(
            history=_history(history),
            multiline=True,
            key_bindings=_keys(),
            completer=WordCompleter(list(commands), sentence=True),
            complete_while_typing=False,
            prompt_continuation="· ",
        )

    def read(self) -> str:
        """Return what was typed.

        Raises:
            EOFError: Ctrl-D.
            KeyboardInterrupt: Ctrl-C.
        """
        if self._session is None:  # nothing can be edited there, and a line is a question
            return input("> ")
        return self._session.prompt("> ")


def _history(path: Path | None) -> History:
    if path is None:
        return InMemoryHistory()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError:  # a chat does without
        return InMemoryHistory()
    return FileHistory(path)


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:  # pyright: ignore[reportUnusedFunction] the decorator keeps it
        buffer = event.current_buffer
        if buffer.document.text_before_cursor.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @keys.add("escape", "enter")
    @keys.add("c-j")
    def _(event: KeyPressEvent) -> None:  # pyright: ignore[reportUnusedFunction] the decorator keeps it
        event.current_buffer.insert_text("\n")

    return keys


class Answer:
    """Shows an answer while it arrives: what is finished as Markdown, and below it the rest.

    A block is rendered once, when the next one begins, so that a long answer does not cost the
    square of its length. On a terminal that wants no style, the text is written as it is.
    """

    def __init__(self, terminal: Terminal, console: Console | None) -> None:
        self._terminal = terminal
        self._console = console
        self._live: Live | None = None
        self._blocks = Blocks()
        self._thinking: float | None = None
        self._thought = ""
        self._first = True

    def __enter__(self) -> Answer:
        if self._console is not None:
            self._live = Live(
                console=self._console, transient=True, get_renderable=self._growing
            ).__enter__()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.end_part()
        if self._live is not None:
            self._live.__exit__(None, None, None)
            self._live = None

    def text(self, delta: str) -> None:
        """Show more text."""
        if self._console is None:
            self._terminal.text(delta)
            return
        for block in self._blocks.feed(delta.translate(CONTROLS)):
            self._print(block)

    def thought(self, delta: str) -> None:
        """Take more of a thought, of which it is only shown that there is one."""
        if self._thinking is None:
            self._thinking = time.monotonic()
        self._thought += delta

    def end_part(self) -> None:
        """Show all of what has come, and begin anew with what comes next."""
        if self._thinking is not None:
            took = time.monotonic() - self._thinking
            words = len(self._thought.split())
            self._terminal.note(f"▸ Thought for {took:.0f} s, {words} words; /thoughts shows them.")
            self._thinking, self._thought = None, ""
        if self._console is None:
            self._terminal.end_line()
        elif block := self._blocks.close().strip():
            self._print(block)

    def _print(self, block: str) -> None:
        assert self._console is not None
        if self._live is not None:
            self._live.refresh()  # else what is printed would be shown below, too, for a moment
        if not self._first:
            self._console.print()
        self._first = False
        lines = self._console.render_lines(Markdown(block), pad=False)
        while lines and not "".join(segment.text for segment in lines[0]).strip():
            del lines[0]  # of some blocks, the blank line before them is a part
        self._console.print(SegmentLines(lines, new_lines=True), end="")

    def _growing(self) -> RenderableType:
        if self._thinking is not None:
            return Text(f"Thinking, {time.monotonic() - self._thinking:.0f} s", style="dim")
        return Markdown(self._blocks.rest)
