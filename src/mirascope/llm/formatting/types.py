"""What may be asked for as the format of an answer."""

from __future__ import annotations

from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

from typing_extensions import TypeVar

__all__ = [
    "FormattableT",
    "FormattingMode",
    "FromCallArgs",
    "HasFormattingInstructions",
    "PrimitiveType",
    "TypeForm",
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

TypeForm: TypeAlias = Any
"""Anything that can stand in an annotation: a class, ``list[Book]``, ``Literal["a"]``, ...; Any,
because checkers have no type for that yet."""


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
