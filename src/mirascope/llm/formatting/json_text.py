"""Where in an answer's text the JSON is: models like to say something before it, and after it.

A block fenced as ```` ```json ```` counts more than what stands before it. A brace counts as the
beginning of an object only when a quote or the closing brace follows, so ``{this}`` is prose.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

__all__ = ["FENCE", "OBJECT_START", "Balance", "bare_text", "extract_serialized_json", "objects"]

FENCE = "```json"
OBJECT_START = re.compile(r'\{(?=[ \t\n\r]*(?:["}]|\Z))')

_OUTSIDE = re.compile(r'["{}\\]')
_IN_STRING = re.compile(r'["\\]')


class Balance:
    """Finds the brace that closes the first one, by counting braces outside of strings.

    The text may come in pieces. Nothing is validated. A backslash hides the next character, inside
    of strings and outside.
    """

    def __init__(self) -> None:
        self.in_string: bool = False
        self._depth = 0
        self._hide_next = False

    def end(self, text: str, start: int = 0, limit: int | None = None) -> int | None:
        """Return the position after the closing brace, None if it is not in ``text[start:limit]``.

        Args:
            text: What is read from `start` on; the next call goes on where this one ended.
            start: Where to begin, at the first call the opening brace.
            limit: Where to stop.
        """
        stop = len(text) if limit is None else limit
        position = start + self._hide_next
        self._hide_next = False
        while True:
            match = (_IN_STRING if self.in_string else _OUTSIDE).search(text, position, stop)
            if match is None:
                return None
            position = match.end()
            match match.group():
                case '"':
                    self.in_string = not self.in_string
                case "\\":
                    self._hide_next = position == stop
                    position += 1
                case "{":
                    self._depth += 1
                case _:
                    self._depth -= 1
                    if self._depth == 0:
                        return position


def objects(text: str) -> Iterator[str]:
    """Yield what may be JSON objects, as slices with balanced braces; those inside them are not.

    Raises:
        json.JSONDecodeError: The last of them does not end.
    """
    position = _content_start(text)
    while (match := OBJECT_START.search(text, position)) is not None:
        end = Balance().end(text, match.start())
        if end is None:
            raise _unclosed(text)
        yield text[match.start() : end]
        position = end


def extract_serialized_json(text: str) -> str:
    """Return the JSON object that `text` holds among other things.

    It is the first one after ```` ```json ````, if that is there, that is valid and not empty.
    Without any, the first slice with balanced braces is returned, although it is no JSON.

    Raises:
        json.JSONDecodeError: There is no opening brace, or none that closes it.
    """
    empty: str | None = None
    for candidate in objects(text):
        try:
            value = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        if value:
            return candidate
        empty = candidate if empty is None else empty
    if empty is not None:
        return empty
    start = text.find("{", _content_start(text))
    if start < 0:
        raise json.JSONDecodeError("No JSON object found: '{' is missing", text, 0)
    end = Balance().end(text, start)
    if end is None:
        raise _unclosed(text)
    return text[start:end]


def bare_text(text: str) -> str:
    """Return what would be the JSON if there were no prose: the fenced block, or else everything.

    Empty when it is an object.
    """
    fence = text.find(FENCE)
    if fence >= 0:
        start = fence + len(FENCE)
        end = text.find("```", start)
        text = text[start:] if end < 0 else text[start:end]
    text = text.strip()
    return "" if text.startswith("{") else text


def _content_start(text: str) -> int:
    """Return where the fenced block begins, 0 if there is none.

    A fence inside a string of an object is part of its content.
    """
    fence = text.find(FENCE)
    position = 0
    while 0 <= position < fence:
        match = OBJECT_START.search(text, position)
        if match is None or match.start() > fence:
            break
        balance = Balance()
        end = balance.end(text, match.start(), fence)
        if end is None:
            if balance.in_string and balance.end(text, fence) is not None:
                return 0
            break
        position = end
    return 0 if fence < 0 else fence + len(FENCE)


def _unclosed(text: str) -> json.JSONDecodeError:
    return json.JSONDecodeError("No JSON object found: '}' is missing", text, len(text))
