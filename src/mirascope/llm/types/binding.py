"""What stands on a class in the place of a method, and binds to instances as methods do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, Protocol, Self, TypeVar, overload

from typing_extensions import ParamSpec

from mirascope.llm.types.type_vars import P

__all__ = ["Binds", "BoundP", "InstanceT"]

InstanceT = TypeVar("InstanceT")
"""What a method is taken from."""
BoundP = ParamSpec("BoundP")
"""The parameters of a method but for the first."""
_BoundT = TypeVar("_BoundT", covariant=True)


class _Bindable(Protocol[P, _BoundT]):
    """What a checker has to know of a method: its parameters, and what it is when it is bound."""

    def _function(self) -> Callable[P, Any]: ...  # a method: an attribute would be bound itself
    def _bound_to(self, instance: Any, /) -> _BoundT: ...


class Binds:
    """An object made of a function, which binds to an instance when it is taken from one.

    A subclass defines `_bound_to`; and `_function`, too, where its type shows all parameters of the
    function, so that the first is not among those of what is bound.
    """

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Self: ...
    @overload
    def __get__(
        self: _Bindable[Concatenate[InstanceT, BoundP], _BoundT],
        instance: InstanceT,
        owner: type | None = None,
    ) -> _BoundT: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> Self: ...
    def __get__(self, instance: object, owner: type | None = None) -> object:
        """Bind to an instance, like a method; taken from a class, it is what it is."""
        return self if instance is None else self._bound_to(instance)

    def _bound_to(self, instance: Any) -> object:
        raise NotImplementedError
