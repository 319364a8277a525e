"""Markdown that arrives bit by bit, cut into blocks."""

from __future__ import annotations

__all__ = ["Blocks", "first_code"]

_FENCES = ("```", "~~~")


class Blocks:
    """Cuts Markdown where a blank line ends a block, outside fences of code.

    What is indented after a blank line still belongs to a list. Each line is looked at once.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._partial = ""
        self._fence: str | None = None
        self._may_end = False

    @property
    def rest(self) -> str:
        """Return what is no whole block yet."""
        return "".join(self._lines) + self._partial

    def feed(self, delta: str) -> list[str]:
        """Take more text, and return the blocks that are whole with it."""
        *whole, self._partial = (self._partial + delta).split("\n")
        return [block for line in whole if (block := self._take(f"{line}\n"))]

    def close(self) -> str:
        """Return what is left, and begin anew."""
        rest = self.rest
        self._lines, self._partial = [], ""
        self._fence, self._may_end = None, False
        return rest

    def _take(self, line: str) -> str:
        """Take a line, and return the block before it if it begins another."""
        block = ""
        start = line.lstrip()[:3]
        if self._may_end and line[0] not in " \t\n":
            block = "".join(self._lines)
            self._lines = []
            self._may_end = False
        if self._fence is not None:
            if start == self._fence:
                self._fence = None
        elif start in _FENCES:
            self._fence = start
        elif not line.strip():
            self._may_end = bool(self._lines)
        self._lines.append(line)
        return block


def first_code(text: str) -> str | None:
    """Return what the first fence of code in Markdown holds; None where there is no fence.

    Without the other end of the fence, it is all that follows.
    """
    fence = ""
    code: list[str] = []
    for line in text.split("\n"):
        mark = line.strip()
        if not fence:
            if mark[:3] in _FENCES:
                fence = mark[: len(mark) - len(mark.lstrip(mark[0]))]
        elif mark.startswith(fence) and not mark.strip(mark[0]):
            break
        else:
            code.append(f"{line}\n")
    return "".join(code) if fence else None
