"""Reads a format's partial values out of an answer's text while it comes in."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Generic, cast

from mirascope._wire.json_frames import Missing, Shape, same
from mirascope._wire.partial_json import PartialJSON, PartialJSONError
from mirascope.llm.formatting.json_text import FENCE, OBJECT_START, Balance
from mirascope.llm.formatting.output_parsers import OutputParser
from mirascope.llm.formatting.types import AnyTypeForm, FormattableT
from mirascope.llm.types import NoneType

if TYPE_CHECKING:
    from mirascope.llm.formatting.formats import Format
    from mirascope.llm.formatting.partial import Partial

__all__ = ["PartialReader"]

_EMPTY_OBJECT = re.compile(r"\{[ \t\n\r]*\}")
_KEEP = len(FENCE) - 1  # characters that the next delta may complete to a fence
_PIECE = 4096  # characters read at once: what follows a false start is copied


class PartialReader(Generic[FormattableT]):
    """The partial value of one answer, after each delta of its text.

    It finds the JSON as `parse` does in the end, only without knowing what follows: prose before it
    is passed over, and a fenced block takes the place of what stood before it. A delta costs its
    own length and a copy of the containers it changes; what is complete is validated once.

    A reader reads one text, for one reader of it; start a new one for a replay.
    """

    def __init__(self, format: Format[FormattableT]) -> None:
        """Take the format.

        Raises:
            TypeError: The format is an output parser, which reads whole answers.
        """
        self._type: AnyTypeForm = format.formattable
        if isinstance(self._type, OutputParser):
            raise TypeError("An output parser has no partial values")
        self._value: object = None
        self._shown: object = None  # the last value that `feed` returned True for
        self._json = PartialJSON()
        self._read: list[str] = []  # the text of `_json`, for another try at its beginning
        self._balance = Balance()
        self._tail = ""  # text looked at that may be part of a fence, or of JSON
        self._fenced = False
        self._blank = True  # nothing but space since the beginning, or the fence
        self._restarted = False
        self._state: Callable[[str], str] = self._seek
        if self._type is None or self._type is NoneType:
            self._state = self._ignore

    @property
    def value(self) -> Partial[FormattableT] | None:
        """The value so far; None while there is nothing of use. It is never changed in place."""
        return cast("Partial[FormattableT] | None", self._value)

    def feed(self, delta: str) -> bool:
        """Read on. Nothing is raised, whatever the text.

        Returns:
            Whether there is a `value` that differs from the last one that was announced this way.
        """
        before = self._value
        text = delta
        if len(text) > _PIECE:
            text = self._read_pieces(text)
        while text:  # each state returns what it leaves to the next
            text = self._state(text)
        value = self._value
        if value is before or value is None:
            return False
        if (self._restarted or before is None) and same(value, self._shown):
            return False
        self._restarted = False
        self._shown = value
        return True

    def _read_pieces(self, text: str) -> str:
        """Read all but the last piece, and return that."""
        last = (len(text) - 1) // _PIECE * _PIECE
        for start in range(0, last, _PIECE):
            piece = text[start : start + _PIECE]
            while piece:
                piece = self._state(piece)
        return text[last:]

    def _seek(self, delta: str) -> str:
        """Look for the beginning of JSON."""
        text = self._tail + delta
        self._tail = ""
        match = OBJECT_START.search(text)
        if (rest := self._after_fence(text, match.start() if match else None)) is not None:
            return rest
        if self._blank:
            content = text.lstrip()
            self._blank = not content
            if content.startswith("[") and self._shapes[1] is not None:
                return self._begin(content, self._shapes[1])
        if match is None:
            self._tail = text[-_KEEP:]
            return ""
        return self._begin(text[match.start() :], self._shapes[0])

    def _begin(self, text: str, shape: Shape) -> str:
        self._json = PartialJSON(shape)
        self._read = []
        self._restarted = True
        self._state = self._reading
        return text

    @cached_property
    def _shapes(self) -> tuple[Shape, Shape | None]:
        """The shape of an answer that is an object, and of one that is an array."""
        # Here, because it needs pydantic, which is slow to import.
        from mirascope.llm.formatting.partial_types import root_shapes

        return root_shapes(self._type)

    def _reading(self, delta: str) -> str:
        json = self._json
        self._read.append(delta)
        try:
            changed = json.feed(delta)
        except PartialJSONError:
            self._value = None
            return self._give_up()
        if changed:
            self._value = None if isinstance(json.value, Missing) else json.value
        if json.broken:
            return self._give_up()
        if json.complete:
            return self._end(json.length)
        return ""

    def _end(self, length: int) -> str:
        text = "".join(self._read)
        # Prose has empty braces, and brackets, too: something better may follow.
        if text.startswith("[") or _EMPTY_OBJECT.match(text):
            self._state = self._seek
        else:
            self._state = self._await_fence
        return text[length:]

    def _give_up(self) -> str:
        """Look for JSON behind the beginning of what turned out to be none."""
        text = "".join(self._read)
        self._read = []
        if (rest := self._after_fence(text)) is not None:
            return rest
        if OBJECT_START.match(text):
            self._balance = Balance()
            self._state = self._skip
            return text
        self._state = self._seek
        return text[1:]

    def _skip(self, delta: str) -> str:
        """Look for the end of malformed JSON."""
        if (rest := self._after_fence(self._tail + delta)) is not None:
            return rest
        end = self._balance.end(delta)
        if end is None:
            self._tail = (self._tail + delta)[-_KEEP:]
            return ""
        self._tail = ""
        self._state = self._seek
        return delta[end:]

    def _await_fence(self, delta: str) -> str:
        """Pass over what follows the JSON, unless it is a fenced block."""
        self._read = []
        if self._fenced:
            self._state = self._ignore
            return ""
        text = self._tail + delta
        if (rest := self._after_fence(text)) is not None:
            return rest
        self._tail = text[-_KEEP:]
        return ""

    def _ignore(self, delta: str) -> str:
        return ""

    def _after_fence(self, text: str, end: int | None = None) -> str | None:
        """Return what follows the first fence, and begin there; None if ``text[:end]`` has none."""
        if self._fenced or (fence := text.find(FENCE, 0, end)) < 0:
            return None
        self._fenced = self._blank = True
        self._tail = ""
        self._value = None
        self._state = self._seek
        return text[fence + len(FENCE) :]
