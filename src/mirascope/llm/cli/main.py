"""The command ``mirascope``: from the arguments to an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import Literal, TextIO

from mirascope.llm.cli.exits import Exit, OutputError
from mirascope.llm.cli.signals import signals_heard
from mirascope.llm.cli.terminal import tell, write

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        argv: The arguments, without the program's name; those of the process when None.
    """
    closed = _open_what_is_closed()
    try:
        if closed:
            raise OutputError(errno.EBADF, os.strerror(errno.EBADF))
        try:
            with signals_heard():
                from mirascope.llm.cli.arguments import make_parser  # Ctrl-C is heard by now

                options = make_parser().parse_args(argv)
                return int(options.run(options))
        finally:
            write("")  # of the help, say, nothing has left yet
    except KeyboardInterrupt:
        tell("Interrupted.")
        return Exit.INTERRUPTED
    except OutputError as error:
        if error.errno == errno.EPIPE:  # whoever reads has left, as `head` does
            return Exit.CLOSED
        tell(f"mirascope: standard output: {error.strerror}")
        return Exit.FAILED


def _open_what_is_closed() -> bool:
    """Let every standard stream be one, able to take any text; return whether output was closed."""
    closed: bool = sys.stdout is None
    # In this order, for the lowest free number is what a file gets.
    sys.stdin = sys.stdin or _nothing("r")
    sys.stdout = sys.stdout or _nothing("w")
    sys.stderr = sys.stderr or _nothing("w")
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:  # a program that calls us may have put another kind there
        reconfigure(errors="backslashreplace")
    return closed


def _nothing(mode: Literal["r", "w"]) -> TextIO:
    return open(os.devnull, mode, encoding="utf-8")
