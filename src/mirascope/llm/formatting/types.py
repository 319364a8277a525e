"""What may be asked for as the format of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable

from typing_extensions import TypeForm, TypeVar

if TYPE_CHECKING:
    from typing import _SpecialForm  # pyright: ignore[reportPrivateUsage]  # it has no other name

__all__ = [
    "AnyTypeForm",
    "FormattableT",
    "FormattingMode",
    "FromCallArgs",
    "HasFormattingInstructions",
    "PrimitiveType",
    "TypeSpec",
]

FormattingMode: TypeAlias = Literal["strict", "json", "tool", "parser"]
"""How the format is asked for.

``strict``: the provider's own schema-constrained output; ``json``: its JSON mode, where it has
one, and instructions; ``tool``: a hidden tool whose arguments are the answer; ``parser``: the
instructions of an output parser.
"""

# Unbounded: besides pydantic models and primitives, dataclasses and TypedDicts are accepted.
FormattableT = TypeVar("FormattableT", default=None)
"""What `parse` returns."""

PrimitiveType: TypeAlias = (
    str
    | int
    | float
    | bool
    | bytes
    | list[Any]
    | set[Any]
    | tuple[Any, ...]
    | dict[Any, Any]  # Any: elements of every type are fine
)
"""Values that are no JSON object by themselves, and so travel in a wrapper: `{"output": ...}`."""

AnyTypeForm: TypeAlias = Any
"""Anything that can stand in an annotation: a class, ``list[Book]``, ``Literal["a"]``, ...; Any,
because it is asked for what only some of those have."""

_ArgsT = TypeVar("_ArgsT", covariant=True)
_OtherT = TypeVar("_OtherT", contravariant=True)


class _Union(Protocol[_ArgsT]):
    """``Book | None``, as mypy sees it where it does not look for a `TypeForm`: `types.UnionType`.

    It stands for Any, since Any is what that class has there.
    """

    @property
    def __args__(self) -> tuple[_ArgsT, ...]: ...
    @property
    def __parameters__(self) -> tuple[_ArgsT, ...]: ...


class _Special(Protocol[_OtherT]):
    """As `_Union`, for ``Literal["a"]``, ``Annotated[int, ...]`` and what has such a name."""

    def __or__(self, other: _OtherT, /) -> _SpecialForm: ...


# Pyright reads every form as a `TypeForm`. mypy does not do so within a union, so it takes classes
# for `type`, what is written ``TypeForm(Book | None)`` for that, and else one of the protocols.
TypeSpec: TypeAlias = (
    type[FormattableT] | TypeForm[FormattableT] | _Union[FormattableT] | _Special[FormattableT]
)
"""A type, however it is written: ``Book``, ``list[Book]``, ``Book | None``, ``Literal["a"]``."""


class FromCallArgs:
    """Say in ``Annotated[str, FromCallArgs()]`` that a field repeats an argument of the call.

    It is documentation for the reader of the model: the field stays in the schema, and the model
    that answers fills it in.
    """


@runtime_checkable
class HasFormattingInstructions(Protocol):
    """A format that words its own instructions."""

    def formatting_instructions(self) -> str | None:
        """Return what to tell the model; None to tell it nothing, whatever the mode.

        On a class it is a class method.
        """
        ...
