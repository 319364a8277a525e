"""Lines as wide as there is room for."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence

from mirascope.llm.cli.terminal import Terminal

__all__ = ["columns", "folded", "printable", "show_table"]

_UNLIMITED = 10_000
"""Columns where output is no terminal: programs cut lines as they like."""


def show_table(terminal: Terminal, rows: Sequence[tuple[str, ...]]) -> None:
    """Write as many columns as fit beside each other, and at least the first."""
    room = columns()
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    fitting = max(
        (n for n in range(1, len(widths) + 1) if sum(widths[:n]) + 2 * (n - 1) <= room), default=1
    )
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        terminal.text("  ".join(cells[:fitting]).rstrip() + "\n")


def folded(parts: Sequence[str], separator: str) -> str:
    """Return the parts in lines as long as there is room for, broken only between parts."""
    room = columns()
    lines = [parts[0]]
    for part in parts[1:]:
        if len(lines[-1]) + len(separator) + len(part) + len(separator.rstrip()) <= room:
            lines[-1] += separator + part
        else:
            lines[-1] += separator.rstrip()
            lines.append(part)
    return "\n".join(lines)


def columns() -> int:
    """Return how long a line may be: as COLUMNS says, or the terminal, where there is one."""
    if os.environ.get("COLUMNS", "").isdecimal() or sys.stdout.isatty():
        return shutil.get_terminal_size().columns
    return _UNLIMITED


def printable(text: str) -> str:
    """Return what somebody else called something, without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
