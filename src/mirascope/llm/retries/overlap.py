"""Where a text goes on: matching what a model says with what was said before it broke off.

    asked                      what a model may say             what is cut
    with the text as prefix    what follows                     nothing but repeated blanks
    to go on, by repeating     (a preamble,) the anchor,        all up to the end of the anchor
    the end (the anchor)       what follows
                               all of it once more              all that is said already
                               a part of the end, what follows  the part
                               what follows                     nothing
    for the whole once more    the beginning, what follows      the beginning, or it differs

Where more than one line fits, the upper one counts. Nothing is shown before that is decided.
"""

from __future__ import annotations

from mirascope.llm.providers.codec import Continuation

__all__ = ["Overlap", "anchor_of"]

LONGEST_ANCHOR = 40
_SHORTEST_ANCHOR = 20
"""Where a longer one would begin within a word, one that begins with the next may be so short."""
_SEARCHED = 8
"""The shortest anchor to look for beyond the beginning; a shorter one may be there anyway."""
_WINDOW = 300
"""How many characters may come before the anchor."""


class Overlap:
    """Tells what of a new text follows a text that broke off.

    Attributes:
        decided: Whether that is known; from then on all of the text follows.
        differs: Whether the new text is another one, which was to begin as the old one did.
    """

    def __init__(self, said: str, how: Continuation) -> None:
        """Compare with `said`, of which the model was asked for the rest, `how` says in which way.

        For a prefix, blanks at the end of `said` are none of it: they may come again, or not.
        """
        self.decided: bool = False
        self.differs: bool = False
        self._said = said
        self._how: Continuation = how
        self._solid = said.rstrip()
        self._blanks = said[len(self._solid) :]
        self._anchor = anchor_of(said)
        self._new = ""

    @property
    def waits(self) -> bool:
        """Return whether nothing at all may be shown yet: it may be another answer."""
        return self._how == "again" and not self.decided

    def feed(self, delta: str) -> str:
        """Return what follows, as far as that is known now."""
        if self.decided and not self._blanks:
            return delta
        self._new += delta
        return self._decide(final=False)

    def rest(self) -> str:
        """Return what follows and waited, now that nothing more will come."""
        return "" if self.decided and not self._blanks else self._decide(final=True)

    def _decide(self, *, final: bool) -> str:
        if not self.decided:
            start = self._start(final=final)
            if start is None or self.differs:
                return ""
            self.decided = True
            self._new = self._new[start:]
        return self._without_blanks()

    def _start(self, *, final: bool) -> int | None:
        """Return where in the new text the rest begins; None while that is not known."""
        match self._how:
            case "prefix":
                return 0
            case "echo":
                return self._after_beginning(self._solid, final=final)
            case "again":
                start = self._after_beginning(self._said, final=final)
                self._blanks = ""
                self.differs = start == 0
                return start
            case "turn":
                return self._after_end(final=final)

    def _after_beginning(self, said: str, *, final: bool) -> int | None:
        """Return where the rest begins in an answer that begins as `said`; 0 if it does not."""
        if self._new.startswith(said):
            return len(said)
        return None if said.startswith(self._new) and not final else 0

    def _after_end(self, *, final: bool) -> int | None:
        """Return where the rest begins in an answer that should begin with the end of `said`."""
        new, anchor = self._new, self._anchor
        if new.startswith(self._solid):
            return len(self._solid)
        furthest = len(anchor) + (_WINDOW if len(anchor) >= _SEARCHED else 0)
        if (place := new[:furthest].find(anchor)) >= 0:
            return place + len(anchor)
        if not final and (len(new) < furthest or self._solid.startswith(new)):
            return None
        self._blanks = ""  # the model goes on without looking back, or with part of a word
        return self._repeated()

    def _repeated(self) -> int:
        """Return how much of the beginning of the new text is said already.

        Some characters may as well be a double letter, or a digit of a number, and signs stand
        beside their like. So one with less than three letters counts only where a word begins.
        """
        said, new = self._said, self._new
        for size in range(min(LONGEST_ANCHOR, len(said), len(new)), 0, -1):
            end = said[-size:]
            if new.startswith(end) and (
                sum(map(str.isalpha, end)) >= 3
                or ("".join(end.split()).isalpha() and _begins_word(said, size))
            ):
                return size
        return 0

    def _without_blanks(self) -> str:
        """Return the rest so far, without the blanks that are said already."""
        while self._blanks and self._new:
            if self._new[0] == self._blanks[0]:
                self._new, self._blanks = self._new[1:], self._blanks[1:]
            else:
                self._blanks = ""
        rest, self._new = self._new, ""
        return rest


def _begins_word(said: str, size: int) -> bool:
    """Return whether a word begins within the last `size` characters."""
    end = said[-size:]
    inside = end[0].isalnum() and said[:-size][-1:].isalnum()
    return not inside or len(end.split()) > 1


def anchor_of(said: str) -> str:
    """Return the last characters of a text, from the beginning of a word on where one is near."""
    solid = said.rstrip()
    end = solid[-LONGEST_ANCHOR:]
    if len(end) == len(solid):
        return end.lstrip()
    for place in range(len(end) - _SHORTEST_ANCHOR):
        if end[place].isspace():
            return end[place:].lstrip()
    return end
