"""What the parsers of all commands have in common."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeAlias

from mirascope.llm.cli.exits import Exit

__all__ = ["PAIRS", "Commands", "Lines", "Parser", "count", "port", "runs", "seconds"]


PAIRS: dict[str, Any] = {  # Any: what argparse takes
    "nargs": 2,
    "metavar": ("KEY", "VALUE"),
    "action": "append",
    "default": [],
}
"""How an option is declared that has a key and a value, and may be repeated."""


class Parser(argparse.ArgumentParser):
    """Never coloured, which from Python 3.14 on depends on more than NO_COLOR and a terminal."""

    def __init__(self, **options: Any) -> None:  # Any: what argparse takes
        super().__init__(**options)
        self.color = False


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"  # pyright: ignore[reportPrivateUsage] argparse has no public name for it


class Lines(argparse.HelpFormatter):
    """Keeps the lines of what is told after the options, and wraps those that are too long.

    The value of an option that has a long and a short name is shown once.
    """

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings or action.nargs == 0:
            return super()._format_action_invocation(action)
        value = self._format_args(action, self._get_default_metavar_for_optional(action))
        return f"{', '.join(action.option_strings)} {value}"

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(
            textwrap.fill(
                line,
                width,
                initial_indent=indent,
                subsequent_indent=indent + "    " * line.startswith(" "),
                break_on_hyphens=False,
            )
            for line in text.splitlines()
        )


def runs(module: str, function: str = "run") -> Callable[[argparse.Namespace], Exit]:
    """Return what runs a command of this package, and imports its module only then.

    Most of a command's start is its imports, and one command does without those of the others.
    """

    def run(options: argparse.Namespace) -> Exit:
        command: Callable[[argparse.Namespace], Exit] = getattr(
            import_module(f"mirascope.llm.cli.{module}"), function
        )
        return command(options)

    return run


def port(text: str) -> int:
    """Read a port."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is not a port: 0 to 65535")
    return number


def count(text: str) -> int:
    """Read how many of something there are to be."""
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{number} is less than nothing")
    return number


def seconds(text: str) -> float:
    """Read how long something may take."""
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds")
    return number
