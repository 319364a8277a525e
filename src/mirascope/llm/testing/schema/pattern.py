"""Text that fits a regular expression, for the part of the syntax that schemas use."""

from __future__ import annotations

import re
import string

__all__ = ["matching"]

_DIGITS = string.digits
_WORD = string.ascii_letters + string.digits + "_"
_SPACE = " "
_OTHER = "-.,:;!?/+*#&%@=()[]{}<>|~^$'\"\\`"
_ANY = _WORD + _SPACE + _OTHER
_CLASSES = {
    "d": _DIGITS,
    "w": _WORD,
    "s": _SPACE,
    "D": string.ascii_letters + _OTHER,
    "W": _SPACE + _OTHER,
    "S": _WORD + _OTHER,
}
_CONTROL = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_LONGEST = 2000
_SET_OPERATORS = ("--", "&&", "~~", "||")  # `re` keeps them for later, and warns
_BOUNDS = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_GROUP_START = re.compile(r"\?(?::|P?<\w+>)")


def matching(pattern: str, *, min_length: int = 0, index: int = 0) -> str | None:
    """Return a text that `pattern` matches, or None where it is too intricate.

    Args:
        pattern: A regular expression; look-around and back-references are too intricate.
        min_length: Repeat what may be repeated until the text is at least so long.
        index: Another number gives another text, where the pattern leaves a choice.
    """
    try:
        for extra in range(min(min_length, _LONGEST) + 1):
            text = _Sampler(pattern, extra, index).sample()
            if len(text) >= min_length and re.search(pattern, text):
                return text
    except (re.error, ValueError):
        return None
    return None


class _Sampler:
    """Reads a pattern from left to right and writes the text as it goes."""

    def __init__(self, pattern: str, extra: int, index: int) -> None:
        self._pattern = pattern
        self._extra = extra
        self._index = index
        self._at = 0

    def sample(self) -> str:
        text = self._alternatives()
        if self._at < len(self._pattern):
            raise ValueError("unbalanced parenthesis")
        return text

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _next(self) -> str:
        character = self._peek()
        if not character:
            raise ValueError("the pattern ends too early")
        self._at += 1
        return character

    def _alternatives(self) -> str:
        choices = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            choices.append(self._sequence())
        return choices[self._index % len(choices)]

    def _sequence(self) -> str:
        text: list[str] = []
        while self._peek() not in ("", "|", ")"):
            atom = self._atom()
            times = self._times()
            if len(atom) * times > _LONGEST:
                raise ValueError("the text would be too long")
            text.append(atom * times)
        return "".join(text)

    def _atom(self) -> str:
        character = self._next()
        if character == "(":
            return self._group()
        if character == "[":
            return self._pick(self._members())
        if character == "\\":
            return self._escape()
        if character == ".":
            return self._pick(string.ascii_lowercase)
        return "" if character in "^$" else character

    def _pick(self, members: str) -> str:
        if not members:
            raise ValueError("nothing fits a character class")
        return members[self._index % len(members)]

    def _group(self) -> str:
        if self._peek() == "?":
            start = _GROUP_START.match(self._pattern, self._at)
            if start is None:
                raise ValueError("look-around and flags are not sampled")
            self._at = start.end()
        text = self._alternatives()
        if self._next() != ")":
            raise ValueError("unbalanced parenthesis")
        return text

    def _escape(self) -> str:
        character = self._next()
        if character in _CLASSES:
            return self._pick(_CLASSES[character])
        if character in "bBAZz":
            return ""
        if character in _CONTROL:
            return _CONTROL[character]
        if character.isalnum():
            raise ValueError("back-references and code points are not sampled")
        return character

    def _members(self) -> str:
        negated = self._peek() == "^"
        self._at += negated
        members = ""
        while not (self._peek() == "]" and members):
            character = self._next()
            if character == "[" or character + self._peek() in _SET_OPERATORS:
                raise ValueError("sets of sets are not sampled")
            if character == "\\":
                escaped = self._next()
                if escaped in _CLASSES:
                    members += _CLASSES[escaped]
                    continue
                character = _CONTROL.get(escaped, escaped)
            if self._peek() == "-" and self._pattern[self._at + 1 : self._at + 2] not in ("", "]"):
                self._at += 1
                last = self._next()
                if last == "-":
                    raise ValueError("sets of sets are not sampled")
                last = self._next() if last == "\\" else last
                members += "".join(map(chr, range(ord(character), ord(last) + 1)))
            else:
                members += character
        self._at += 1
        return "".join(c for c in _ANY if c not in members) if negated else members

    def _times(self) -> int:
        low, high = 1, 1.0
        character = self._peek()
        if character in ("*", "+", "?"):
            self._at += 1
            low, high = (1 if character == "+" else 0), (1 if character == "?" else float("inf"))
        elif bounds := _BOUNDS.match(self._pattern, self._at):
            self._at = bounds.end()
            low = int(bounds[1])
            high = low if not bounds[2] else int(bounds[3]) if bounds[3] else float("inf")
        else:
            return 1
        if self._peek() in ("?", "+"):  # lazy or possessive: the text is the same
            self._at += 1
        return int(min(low + self._extra, high))
