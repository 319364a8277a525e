"""A push reader of JSON text: after each piece of it, the value so far.

What counts as "so far": a string value is the prefix received, an unfinished escape cut off; a
number is its digits received, unless they end in ``-``, ``.`` or ``e``; an unfinished literal or
key, and a key without a value, are left out. A repeated key keeps its last value. Text after the
root's end is ignored, and so is all that follows where a comma is missing; a container that is not
closed ends with the one around it. jiter, the parser inside pydantic, says the same for every
prefix; tests compare the two.

The reader knows grammar only. What is built is up to the `Shape` of each place and, for objects and
arrays, the `Frame` that collects what is inside (see `json_frames`). A feed costs the new
characters plus one `Frame.build` for every open container whose content changed; a value handed
out earlier is never touched again.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mirascope._wire.json_frames import ABSENT, ANY, Frame, Shape, same

__all__ = ["MAX_DEPTH", "MAX_NUMBER", "MAX_SIZE", "PartialJSON", "PartialJSONError"]

MAX_DEPTH = 201  # what pydantic's own parser allows, so nothing deeper could be validated later
MAX_SIZE = 64 * 1024 * 1024
MAX_NUMBER = 4300  # digits: the limit of int() in Python, against quadratic conversions

_SPACES = " \t\n\r"
_SPACE = re.compile(r"[ \t\n\r]*")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt])|u([0-9a-fA-F]{4}))')
_ESCAPE_BEGUN = re.compile(r"\\(?:u.{0,3})?", re.DOTALL)
_ESCAPE_BEGUN_OR_NONE = re.compile(r"(?:\\(?:u.{0,3})?)?", re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_NUMBER_BEGUN = re.compile(
    r"-?(?:(?:0|[1-9][0-9]*)(?:\.(?:[0-9]+(?:[eE][+-]?[0-9]*)?)?|[eE][+-]?[0-9]*)?)?"
)
_UNESCAPED = {'"': '"', "\\": "\\", "/": "/"} | dict(zip("bfnrt", "\b\f\n\r\t", strict=True))
_LITERALS: dict[str, object] = {
    "true": True,
    "false": False,
    "null": None,
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}


class PartialJSONError(ValueError):
    """The text is not JSON, or is over a limit."""


class PartialJSON:
    """Reads one JSON document from pieces of text, cut anywhere.

    Attributes:
        value: The value so far; `ABSENT` before there is any. Never changed in place.
        complete: The root has ended; everything after is ignored.
        broken: Something else than a comma followed a value; everything after is ignored.
        length: Where the root ended, in characters from the beginning.
    """

    def __init__(
        self, shape: Shape = ANY, *, max_depth: int = MAX_DEPTH, max_size: int = MAX_SIZE
    ) -> None:
        self.value: object = ABSENT
        self.complete = False
        self.broken = False
        self.length = 0
        self._max_depth = max_depth
        self._max_size = max_size
        self._size = 0
        self._error: PartialJSONError | None = None
        # The open containers, outermost first: frame, its current key, its closing bracket.
        self._frames: list[Frame] = []
        self._keys: list[str] = []
        self._closers: list[str] = []
        self._shape = shape  # of the place that comes next
        self._leaf: object = ABSENT  # what the open string or number shows
        self._root: object = ABSENT
        self._rest = ""  # a token that the next feed may complete
        self._parts: list[str] = []  # of the open string
        self._in_value = False  # of a string, not a key
        self._touched = False  # something happened that may change the value
        self._step: Callable[[str, int], int] = self._value  # the state: who reads on

    def feed(self, text: str) -> bool:
        """Read on.

        Returns:
            Whether `value` changed.

        Raises:
            PartialJSONError: The text is not JSON or over a limit; so does every later feed.
        """
        if self._error is not None:
            raise self._error
        try:
            self._size += len(text)
            if self._size > self._max_size:
                raise PartialJSONError(f"longer than {self._max_size} characters")
            if self._rest:
                text, self._rest = self._rest + text, ""
            position, end = 0, len(text)
            while position < end and not self.complete:
                position = self._step(text, position)
            if self.complete and not self.length:
                self.length = self._size - end + position
            elif self._in_value and self._shape.grows:
                self._show_string()
        except PartialJSONError as error:
            self._error = error
            raise
        if not self._touched:
            return False
        self._touched = False
        value = self._refresh()
        if value is self.value:
            return False
        self.value = value
        return True

    def _refresh(self) -> object:
        """Rebuild the open containers whose content changed, from the inside out."""
        frames = self._frames
        if not frames:
            return self._root if self.complete else self._leaf
        keys = self._keys
        value = self._leaf
        for index in range(len(frames) - 1, -1, -1):
            value = frames[index].refresh(keys[index], value)
        return value

    # The states. Each reads one token at most and returns the position after it.

    def _value(self, text: str, position: int) -> int:
        char = text[position]
        if char == '"':
            self._in_value = True
            self._step = self._string
            return position + 1
        if char in _SPACES:
            return _end_of_space(text, position)
        if char == "{":
            return self._open(self._shape.object(), "}", self._first_key, position)
        if char == "[":
            return self._open(self._shape.array(), "]", self._first_item, position)
        if char in "-0123456789":
            return self._number(text, position)
        return self._literal(text, position)

    def _first_item(self, text: str, position: int) -> int:
        char = text[position]
        if char in _SPACES:
            return _end_of_space(text, position)
        if char == "]":
            return self._close(position)
        self._step = self._value
        return position

    def _first_key(self, text: str, position: int) -> int:
        if text[position] == "}":
            return self._close(position)
        return self._key(text, position)

    def _key(self, text: str, position: int) -> int:
        char = text[position]
        if char in _SPACES:
            return _end_of_space(text, position)
        if char != '"':
            raise self._wrong("expected a key in quotes", text, position)
        self._step = self._string
        return position + 1

    def _string(self, text: str, position: int) -> int:
        match = _PLAIN.match(text, position)
        assert match is not None  # it matches nothing, too
        end = match.end()
        if end > position:
            self._parts.append(match.group())
        if end == len(text):
            return end
        if text[end] == '"':
            string = "".join(self._parts)
            self._parts.clear()
            if self._in_value:
                self._in_value = False
                self._settle(self._shape.leaf(string, True))
            else:
                self._keys[-1] = string
                self._step = self._colon
            return end + 1
        if text[end] == "\\":
            return self._escape(text, end)
        raise self._wrong("control character in a string", text, end)

    def _colon(self, text: str, position: int) -> int:
        char = text[position]
        if char in _SPACES:
            return _end_of_space(text, position)
        if char != ":":
            raise self._wrong("expected ':'", text, position)
        self._shape = self._frames[-1].shape(self._keys[-1])
        self._touched = True  # a key can tell what the object is
        self._step = self._value
        return position + 1

    def _after_value(self, text: str, position: int) -> int:
        char = text[position]
        if char in _SPACES:
            return _end_of_space(text, position)
        closer = self._closers[-1]
        if char == closer:
            return self._close(position)
        if char in "]}":  # one was forgotten: this may be that of the container around
            return self._close(position) - 1
        if char != ",":
            self.broken = True
            self._step = self._ignore
        elif closer == "}":
            self._step = self._key
        else:
            self._shape = self._frames[-1].shape("")
            self._step = self._value
        return position + 1

    def _ignore(self, text: str, position: int) -> int:
        return len(text)

    # Parts of states.

    def _open(
        self, frame: Frame, closer: str, step: Callable[[str, int], int], position: int
    ) -> int:
        if len(self._frames) >= self._max_depth:
            raise PartialJSONError(f"nested deeper than {self._max_depth} levels")
        self._touched = True
        self._frames.append(frame)
        self._keys.append("")
        self._closers.append(closer)
        if closer == "]":
            self._shape = frame.shape("")
        self._step = step
        return position + 1

    def _close(self, position: int) -> int:
        frame = self._frames.pop()
        key = self._keys.pop()
        self._closers.pop()
        frame.close()
        self._settle(frame.refresh(key, ABSENT))
        return position + 1

    def _settle(self, value: object) -> None:
        """Take the complete value of the current place."""
        self._touched = True
        self._leaf = ABSENT
        if self._frames:
            self._frames[-1].add(self._keys[-1], value)
            self._step = self._after_value
        else:
            self._root = value
            self.complete = True

    def _show_string(self) -> None:
        string = "".join(self._parts)
        self._parts = [string]
        self._set_leaf(self._shape.leaf(string, False))

    def _set_leaf(self, value: object) -> None:
        if not same(value, self._leaf):
            self._leaf = value
            self._touched = True

    def _escape(self, text: str, position: int) -> int:
        match = _ESCAPE.match(text, position)
        if match is None:
            return self._unfinished(_ESCAPE_BEGUN, text, position, position)
        end = match.end()
        if match.group(1):
            self._parts.append(_UNESCAPED[match.group(1)])
            return end
        code = int(match.group(2), 16)
        if 0xD800 <= code < 0xDC00:  # half of a character beyond 16 bits; the other half follows
            low = _ESCAPE.match(text, end)
            if low is None:
                return self._unfinished(_ESCAPE_BEGUN_OR_NONE, text, end, position)
            low_code = int(low.group(2) or "0", 16)
            if not 0xDC00 <= low_code < 0xE000:
                raise self._wrong("half of a surrogate pair", text, position)
            code = 0x10000 + ((code - 0xD800) << 10) + (low_code - 0xDC00)
            end = low.end()
        elif 0xDC00 <= code < 0xE000:
            raise self._wrong("half of a surrogate pair", text, position)
        self._parts.append(chr(code))
        return end

    def _unfinished(self, begun: re.Pattern[str], text: str, position: int, start: int) -> int:
        """Keep the text from `start` for the next feed, if it may still become an escape."""
        if begun.fullmatch(text, position) is None:
            raise self._wrong("invalid escape", text, position)
        self._rest = text[start:]
        return len(text)

    def _number(self, text: str, position: int) -> int:
        begun = _NUMBER_BEGUN.match(text, position)
        assert begun is not None  # it matches nothing, too
        token, end = begun.group(), begun.end()
        if len(token) > MAX_NUMBER:
            raise PartialJSONError(f"a number longer than {MAX_NUMBER} characters")
        match = _NUMBER.fullmatch(token)
        if end == len(text):
            self._rest = token
            if match is None:
                self._set_leaf(ABSENT)
            else:
                self._set_leaf(self._shape.leaf(_number_value(match), False))
            return end
        if match is None:
            if token == "-" and text[end] == "I":
                return self._literal(text, position)
            raise self._wrong("invalid number", text, position)
        if token in ("0", "-0") and text[end] in "0123456789":
            raise self._wrong("a number with a leading zero", text, position)
        self._settle(self._shape.leaf(_number_value(match), True))
        return end

    def _literal(self, text: str, position: int) -> int:
        for literal, value in _LITERALS.items():
            if text.startswith(literal, position):
                self._settle(self._shape.leaf(value, True))
                return position + len(literal)
            if literal.startswith(text[position : position + len(literal)]):
                self._rest = text[position:]
                return len(text)
        raise self._wrong("expected a value", text, position)

    def _wrong(self, what: str, text: str, position: int) -> PartialJSONError:
        at = self._size - len(text) + position
        return PartialJSONError(f"{what} at character {at}")


def _end_of_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    assert match is not None  # it matches nothing, too
    return match.end()


def _number_value(match: re.Match[str]) -> int | float:
    if match.group(1) or match.group(2):
        return float(match.group())
    return int(match.group())
