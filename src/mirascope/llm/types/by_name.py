"""What decorators make of functions, pickled as functions are: by name."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from operator import attrgetter
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from typing import Self, SupportsIndex

__all__ = ["ByName"]


class ByName:
    """An object made of a function, in whose place it stands.

    Pickled is the name, so what is unpickled is the very object that stands there; of a method, the
    instance and the name. One made of a function that stands in its own place, as in
    ``llm.tool(function)``, is pickled by its fields. A deep copy is the object itself, or for a
    method one that is bound to the copy of the instance.
    """

    __wrapped__: Callable[..., Any]
    """The function. `__module__` and `__qualname__` are those of the function, too."""

    def _made_of(self, fn: Callable[..., Any]) -> Self:
        """Return the same, made of another function."""
        raise NotImplementedError

    def __copy__(self) -> Self:
        new = object.__new__(type(self))
        vars(new).update(vars(self))
        return new

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        fn = self.__wrapped__
        if not isinstance(fn, MethodType):
            return self
        copied = copy.deepcopy(fn, memo)
        return self if copied == fn else self._made_of(copied)

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        fn = self.__wrapped__
        if isinstance(fn, MethodType):
            return self._reduce_method(fn, protocol)
        module, name = sys.modules.get(self.__module__), vars(self).get("__qualname__", "")
        for path in _paths(name):
            if _at(module, path) is self:
                return path
        # Other callables, `functools.partial` for one, have no place of their own.
        if _at(module, name) is fn or not isinstance(fn, FunctionType):
            return super().__reduce_ex__(protocol)
        self._refuse(name)

    def _reduce_method(self, fn: MethodType, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        for path in _paths(fn.__name__):
            found = _at(fn.__self__, path)
            if type(found) is type(self) and found.__wrapped__ == fn:
                return attrgetter(path), (fn.__self__,)
        if _at(fn.__self__, fn.__name__) == fn:
            return super().__reduce_ex__(protocol)
        self._refuse(fn.__qualname__)

    def _refuse(self, name: str) -> NoReturn:
        from pickle import PicklingError  # whoever comes here has loaded it

        if "<locals>" in name:
            why = "it is defined inside a function, where another process cannot look it up"
        elif "<lambda>" in name:
            why = "a lambda has no name to look it up by"
        else:
            why = "something else stands under that name"
        raise PicklingError(
            f"Cannot pickle {type(self).__name__} {self.__module__}.{name}: {why}. Define it with "
            "def at the top level of a module, or in a class there."
        )


def _paths(name: str) -> tuple[str, str]:
    """Return where to look: a call stands under its function's name, its prompt below that."""
    return name, f"{name}.prompt"


def _at(root: object, path: str) -> Any:
    try:
        return attrgetter(path)(root)
    except AttributeError:
        return None
