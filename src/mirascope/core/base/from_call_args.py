"""Fields of a response model that come from the call, not from the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

__all__ = ["FromCallArgs", "call_arg_fields", "call_arg_values"]


class FromCallArgs:
    """Mark a field: `genre: Annotated[str, FromCallArgs()]`.

    The model is not asked for it; its value is the argument of the same name.
    """


def call_arg_fields(model: object) -> set[str]:
    """Name the fields of a response model that are taken from the arguments."""
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return set()
    return {
        name
        for name, field in model.model_fields.items()
        if any(isinstance(item, FromCallArgs) or item is FromCallArgs for item in field.metadata)
    }


def call_arg_values(model: object, fn_args: Mapping[str, Any]) -> dict[str, Any]:
    """Take the marked fields' values from the arguments.

    Raises:
        ValueError: If an argument is missing.
    """
    names = call_arg_fields(model)
    missing = sorted(names - fn_args.keys())
    if missing:
        raise ValueError(
            f"Fields marked FromCallArgs have no argument of the same name: {', '.join(missing)}."
        )
    return {name: fn_args[name] for name in names}
