"""One case: which it is, and what it may draw on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Literal, TypeAlias, TypeVar

from attack.answers import Answer, Wire
from attack.wires import WIRES

__all__ = ["ROUND", "Case", "Colour", "Fault"]

T = TypeVar("T")
Colour: TypeAlias = Literal["sync", "async"]

ROUND = len(WIRES) * 4
"""So many cases meet every wire, in both colours, streamed and whole."""
WORDS = (
    "Zwei ",
    "Drachen ",
    "und ein Ei. ",
    "🐉",
    "é",
    "\n",
    '"quoted" ',
    "\\",
    "{",
    "data: ",
    "日本",
)


class Fault(Exception):
    """Something that must hold does not."""


@dataclass(frozen=True)
class Case:
    """A family's case with a number; everything in it follows from these and the seed."""

    family: str
    number: int
    seed: int = 0

    @cached_property
    def rng(self) -> Random:
        """The case's own source of choices."""
        return Random(f"{self.family}:{self.seed}:{self.number}")

    @property
    def id(self) -> str:
        """The case's name on the wire."""
        return f"{self.family}-{self.seed}-{self.number}"

    @property
    def line(self) -> str:
        """The command that repeats it."""
        seed = f" --seed {self.seed}" if self.seed else ""
        return f"python -m attack {self.family} --case {self.number}{seed}"

    # The first choices go round by number, so that a few cases in a row meet all of them.

    @property
    def wire(self) -> Wire:
        """The wire it is about."""
        return WIRES[self.number % len(WIRES)]

    @property
    def colour(self) -> Colour:
        """Which colour it asks in."""
        return "async" if self.number // len(WIRES) % 2 else "sync"

    @property
    def streamed(self) -> bool:
        """Whether it streams."""
        return not self.number // len(WIRES) // 2 % 2

    @property
    def turn(self) -> int:
        """How often the choices above have gone round."""
        return self.number // ROUND

    def one(self, values: Sequence[T]) -> T:
        """Return one of `values`."""
        return self.rng.choice(values)

    def plain(self, pieces: int = 4) -> Answer:
        """Return an answer of some text, up to so many pieces."""
        rng = self.rng
        return self.wire.plain([rng.choice(WORDS) for _ in range(1 + rng.randrange(pieces))])
