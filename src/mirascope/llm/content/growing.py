"""A string field that grows by deltas and is joined only when somebody reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

__all__ = ["GrowingField"]

_PRIVATE = ("_deltas", "_joined")
"""Where a growing instance keeps its deltas, and how many of them make up which text."""


class GrowingField:
    """Base of a content dataclass with one string that may still be streaming in.

    Appending a delta costs one list append; the text is joined when it is read. While the string
    grows the field is absent from the instance's `__dict__`, so `__getattr__` answers for it.
    Any thread may read while another appends: the list is never changed here.
    """

    _growing: ClassVar[str]

    def __init_subclass__(cls, *, growing: str) -> None:
        super().__init_subclass__()
        cls._growing = growing

    @classmethod
    def start(cls) -> tuple[Self, list[str]]:
        """Return an instance with an empty field, and the list to append deltas to."""
        deltas: list[str] = []
        part = cls(**{cls._growing: ""})
        del part.__dict__[cls._growing]
        part.__dict__["_deltas"] = deltas
        return part, deltas

    def freeze(self) -> None:
        """End the growth: join the deltas for good."""
        self.__dict__[self._growing] = getattr(self, self._growing)
        for name in _PRIVATE:  # only now, for a reader may be between the two
            self.__dict__.pop(name, None)

    if not TYPE_CHECKING:  # a checker should see the declared fields only

        def __getattr__(self, name: str) -> str:
            if name == self._growing:
                deltas = self.__dict__.get("_deltas")
                if deltas is not None:
                    count, text = self.__dict__.get("_joined", (0, ""))
                    fresh = deltas[count:]
                    if fresh:
                        text = "".join(
                            (text, *fresh) if text else fresh
                        )  # one piece alone is not copied
                        self.__dict__["_joined"] = (count + len(fresh), text)  # both at once
                    return text
                if name in self.__dict__:  # frozen by another thread since the lookup began
                    return self.__dict__[name]
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __getstate__(self) -> dict[str, object]:
        state = {name: value for name, value in self.__dict__.items() if name not in _PRIVATE}
        state[self._growing] = getattr(self, self._growing)
        return state
