"""Where the command writes: answers to standard output, what is about them to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Terminal"]


class Terminal:
    """Writes plainly, or with style where there is a terminal and the extra ``cli``."""

    def __init__(self) -> None:
        self._out = _console(sys.stdout)
        self._err = _console(sys.stderr)
        self._at_line_start = True

    def text(self, text: str) -> None:
        """Write a part of the answer, at once."""
        if text:
            self._at_line_start = text.endswith("\n")  # first: Ctrl-C may come right after it
            sys.stdout.write(text)
            sys.stdout.flush()

    def end_line(self) -> None:
        """Let what comes next begin a line."""
        if not self._at_line_start:
            self.text("\n")

    def thought(self, text: str) -> None:
        """Write a part of a thought, dimmed, at once."""
        self._aside(text, end="")

    def note(self, text: str) -> None:
        """Write a line about the answer, dimmed."""
        self._aside(text, end="\n")

    def error(self, text: str) -> None:
        """Write the line that says what went wrong."""
        self.end_line()
        message = f"mirascope: {text}"
        if self._err is None:
            print(message, file=sys.stderr, flush=True)
        else:
            self._err.out(message, style="red", highlight=False)

    def value(self, value: object) -> None:
        """Write an object as JSON."""
        self.text(_json(value) + "\n")

    @contextmanager
    def growing(self) -> Generator[Callable[[object], None]]:
        """Yield what shows an object that is not whole yet; every call replaces the last one.

        What is shown goes away at the end. Where output is no terminal, nothing is shown.
        """
        console = self._out
        if console is None:
            yield lambda value: None
            return
        from rich.json import JSON  # an extra
        from rich.live import Live

        with ExitStack() as stack:
            live = Live(console=console, transient=True)

            def show(value: object) -> None:
                if not live.is_started:  # with the first value, so that nothing flickers before
                    stack.enter_context(live)
                live.update(JSON(_json(value)))

            yield show

    def _aside(self, text: str, *, end: str) -> None:
        if self._err is None:
            print(text, end=end, file=sys.stderr, flush=True)
        else:
            self._err.out(text, style="dim", highlight=False, end=end)


def _console(stream: TextIO) -> Console | None:
    """Return a console for a terminal; None for anything else, or without the extra."""
    if not stream.isatty():
        return None
    try:
        from rich.console import Console
    except ModuleNotFoundError:
        return None
    return Console(file=stream)


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
