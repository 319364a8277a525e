"""Where the command writes: answers to standard output, what is about them to standard error."""

from __future__ import annotations

import codecs
import json
import os
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

from mirascope.llm.cli.exits import Exit, OutputError, explain

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["CONTROLS", "Terminal", "tell", "write"]


CONTROLS = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)], "\ufffd")
"""What a terminal obeys, but for tabs and ends of lines, as `str.translate` takes it.

A model says what it has read, and what it has read may be an attack.
"""


class Terminal:
    """Writes plainly, or with style where there is a terminal and the extra ``cli``.

    An answer that cannot be written raises `OutputError`; what is about it may get lost.
    """

    def __init__(self) -> None:
        self._out = _console(sys.stdout)
        self._err = _console(sys.stderr)
        self._at_line_start = True
        self._obeys = sys.stdout.isatty()

    @property
    def console(self) -> Console | None:
        """Return what writes answers with style; None where they are to be plain."""
        return self._out

    def text(self, text: str) -> None:
        """Write a part of the answer, at once; a terminal gets nothing that it would obey."""
        if text:
            self._at_line_start = text.endswith("\n")  # first: Ctrl-C may come right after it
            write(text.translate(CONTROLS) if self._obeys else text)

    def end_line(self) -> None:
        """Let what comes next begin a line."""
        if not self._at_line_start:
            self.text("\n")

    def thought(self, text: str) -> None:
        """Write a part of a thought, dimmed, at once."""
        self._say(text.translate(CONTROLS), style="dim", end="")

    def note(self, text: str) -> None:
        """Write a line about the answer, dimmed."""
        self._say(text, style="dim", end="\n")

    def error(self, text: str) -> None:
        """Write the line that says what went wrong."""
        self.end_line()
        self._say(f"mirascope: {text}", style="red", end="\n")

    def failure(self, error: Exception, *wrong_use: type[Exception]) -> Exit:
        """Write the line that says what went wrong, and return the exit code; see `explain`."""
        code, message = explain(error, *wrong_use)
        self.error(message)
        return code

    def value(self, value: object) -> None:
        """Write an object as JSON."""
        # Where a letter cannot be written, its escape in JSON can.
        escaped = codecs.lookup(sys.stdout.encoding or "utf-8").name != "utf-8"
        self.text(_json(value, escaped) + "\n")

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

    def _say(self, text: str, *, style: str, end: str) -> None:
        if self._err is None:
            tell(text, end=end)
            return
        with suppress(OSError):  # a terminal that is gone
            self._err.out(text, style=style, highlight=False, end=end)


def tell(text: str, end: str = "\n") -> None:
    """Write plainly to standard error, at once; if that takes no more, it is lost."""
    try:
        print(text, end=end, file=sys.stderr, flush=True)
    except OSError:
        _abandon(sys.stderr)


def write(text: str) -> None:
    """Write to standard output, at once.

    Raises:
        OutputError: It takes no more; nothing is left in it that could fail again.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        _abandon(sys.stdout)
        raise OutputError(error.errno, error.strerror) from error


def _abandon(stream: TextIO) -> None:
    """Let what is still buffered, and all that follows, go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _console(stream: TextIO) -> Console | None:
    """Return a console for a terminal that wants style; None for others, or without the extra."""
    # Rich would still dim, and move the cursor, where there is to be no colour: no-color.org.
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM", "").lower() in ("dumb", "unknown")
    if plain or not stream.isatty():
        return None
    try:
        from rich.console import Console
    except ModuleNotFoundError:
        return None
    return Console(file=stream)


def _json(value: object, escaped: bool = False) -> str:
    return json.dumps(value, indent=2, ensure_ascii=escaped)
