"""What is made of a user's object once and lives no longer than the object."""

from __future__ import annotations

import inspect
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["kept_on"]

_T = TypeVar("_T")
_NAME = "__mirascope_made__"


def kept_on(owner: Any, key: object, make: Callable[[], _T]) -> _T:
    """Make something of an object, and keep it on the object for the next time.

    A table of ours would keep the object alive: what is made of a tool refers to it. Kept on the
    object the two are a circle, which the garbage collector frees. What takes no attribute, as
    bound methods do not, is made of anew each time.

    Args:
        owner: A class, or a function.
        key: What is made; alive as long as the owner.
        make: Makes it.
    """
    # Whatever has the attributes of another (a method, a wrapper) is not that other.
    own: Any = {} if inspect.ismethod(owner) else getattr(owner, "__dict__", {})
    found: Any = own.get(_NAME)
    if found is None or found[0]() is not owner:
        try:
            found = (weakref.ref(owner), {})
            setattr(owner, _NAME, found)
        except (AttributeError, TypeError):
            return make()
    made: dict[object, _T] = found[1]
    if key not in made:
        made[key] = make()
    return made[key]
