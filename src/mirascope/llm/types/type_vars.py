"""Type variables shared by the whole package."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, runtime_checkable

from typing_extensions import ParamSpec, TypeVar

__all__ = ["AnyP", "CovariantT", "Dataclass", "NoneType", "P"]

P = ParamSpec("P")
AnyP = ParamSpec("AnyP", default=...)
CovariantT = TypeVar("CovariantT", covariant=True)
NoneType: type[None] = type(None)


@runtime_checkable
class Dataclass(Protocol):
    """Any dataclass instance or type."""

    __dataclass_fields__: ClassVar[dict[str, Any]]  # Any: dicts are invariant
