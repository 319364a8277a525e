"""The model's turn as it came, put together again from the chunks of a stream."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import cast

from mirascope.llm.providers.google import types as wire

__all__ = ["StreamedCall", "Turn"]

_STEP = re.compile(r"""\.([^.\[\]]+)|\[(\d+)\]|\[(?:'([^']*)'|"([^"]*)")\]""")


class Turn:
    """Collects parts; adjacent text is joined, unless a part has more to it than its text.

    A thought signature is valid at its own place only, so such parts stay as they are:
    https://ai.google.dev/gemini-api/docs/thought-signatures (2025-11).
    """

    def __init__(self) -> None:
        self._parts: list[dict[str, object]] = []
        self._deltas: list[str] = []
        self._is_thought = False

    def add_text(self, delta: str, is_thought: bool) -> None:
        """Add a piece of plain text."""
        if is_thought is not self._is_thought:
            self._join()
            self._is_thought = is_thought
        self._deltas.append(delta)

    def add(self, part: dict[str, object]) -> None:
        """Add any other part."""
        self._join()
        self._parts.append(part)

    def _join(self) -> None:
        if self._deltas:
            part: dict[str, object] = {"text": "".join(self._deltas)}
            if self._is_thought:
                part["thought"] = True
            self._parts.append(part)
            self._deltas = []

    def content(self) -> dict[str, object] | None:
        """Return the turn, or None when there is nothing in it."""
        self._join()
        return {"role": "model", "parts": self._parts} if self._parts else None


class StreamedCall:
    """A function call whose arguments come in pieces, each with the path of its place.

    https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling (2026-01),
    "streaming function call arguments".
    """

    def __init__(self, id: str, part: dict[str, object]) -> None:
        self.id = id
        self.part = part
        """The part that began the call."""
        self._args: dict[str, object] = {}
        self._texts: dict[tuple[str | int, ...], tuple[object, list[str]]] = {}
        """By path, texts that still grow: what they are in, and their pieces."""

    def add(self, piece: wire.PartialArg) -> None:
        """Put one piece in its place.

        Raises:
            ValueError: There is no such place.
        """
        path = _steps(piece.json_path)
        here: object = self._args
        for step, below in pairwise(path):
            here = _enter(here, step, [] if isinstance(below, int) else {})
        last = path[-1]
        place = tuple(path)
        if piece.string_value is None:
            value: object = piece.number_value
            if value is None:
                value = piece.bool_value  # and None is what a null is
            _put(here, last, value)
            self._texts.pop(place, None)
            return
        if not isinstance(_enter(here, last, ""), str):
            raise ValueError(f"text for {piece.json_path}, which is no text")
        container, pieces = self._texts.get(place, (None, []))
        if container is not here:
            pieces = []
            self._texts[place] = here, pieces
        pieces.append(piece.string_value)

    def args(self) -> dict[str, object]:
        """Return the arguments so far."""
        for place, (container, pieces) in self._texts.items():
            _put(container, place[-1], "".join(pieces))
        return self._args

    def whole_part(self) -> dict[str, object]:
        """Return the part as if it had come in one piece."""
        call = cast("dict[str, object]", self.part["functionCall"])
        kept = {k: v for k, v in call.items() if k not in ("partialArgs", "willContinue")}
        return {**self.part, "functionCall": {**kept, "args": self.args()}}


def _steps(path: str) -> list[str | int]:
    """Return the names and indices of a path such as ``$.items[0].price``."""
    steps: list[str | int] = []
    end = 1
    while path.startswith("$") and (match := _STEP.match(path, end)):
        name, index, *quoted = match.groups()
        if index is not None:
            steps.append(int(index))
        else:
            steps.append(next(text for text in (name, *quoted) if text is not None))
        end = match.end()
    if not steps or end != len(path):
        raise ValueError(f"{path!r} is not the path of an argument")
    return steps


def _enter(here: object, step: str | int, empty: object) -> object:
    """Return what is at `step`, which becomes `empty` when nothing is."""
    if isinstance(here, dict) and isinstance(step, str):
        return cast("dict[str, object]", here).setdefault(step, empty)
    if isinstance(here, list) and isinstance(step, int):
        items = cast("list[object]", here)
        if step == len(items):
            items.append(empty)
        if step < len(items):
            return items[step]
    raise ValueError(f"there is no place {step!r} in the arguments so far")


def _put(here: object, step: str | int, value: object) -> None:
    _enter(here, step, value)
    cast("dict[str | int, object]", here)[step] = value
