"""Reading JSON of which nothing is certain."""

from __future__ import annotations

from typing import TypeAlias, cast

__all__ = ["AnyDict", "as_dict", "as_dicts"]

AnyDict: TypeAlias = dict[str, object]


def as_dict(value: object) -> AnyDict:
    """Return an object; an empty one for anything else."""
    return cast("AnyDict", value) if isinstance(value, dict) else {}


def as_dicts(value: object) -> list[AnyDict]:
    """Return the objects in a list; none for anything else."""
    if not isinstance(value, list):
        return []
    items = cast("list[object]", value)
    return [cast("AnyDict", item) for item in items if isinstance(item, dict)]
