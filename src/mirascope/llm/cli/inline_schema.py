"""Schemas in a line, such as ``name, age int, tricks list[str]: what it can do``."""

from __future__ import annotations

import re

__all__ = ["TYPES", "element_of", "inline_schema", "is_inline"]

TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
_FIELD = re.compile(r"(?P<name>\w[\w-]*)(?:\s+(?P<type>[\w\[\]]+))?(?:\s*:\s*(?P<said>.*))?")


def element_of(spec: str) -> str | None:
    """Return what stands between the brackets of ``list[...]``; None where it is no list."""
    return spec[5:-1].strip() if spec.startswith("list[") and spec.endswith("]") else None


def is_inline(spec: str) -> bool:
    """Tell whether `spec` is a schema itself; a name of something has no blank and no comma."""
    return spec.lstrip().startswith("{") or bool(re.search(r"[\s,]", spec.strip()))


def inline_schema(spec: str) -> dict[str, object]:
    """Return the JSON schema of an object with the fields of `spec`, all of them required.

    A field is a name, its type (``str`` where there is none, ``int``, ``float``, ``bool``, or a
    ``list[...]`` of these) and, after a colon, what it is. Fields end with a comma, or where there
    are several lines with the line, so that descriptions may have commas.

    Raises:
        ValueError: There is a field that is none.
    """
    fields: dict[str, object] = {}
    for field in re.split(r"\n" if "\n" in spec.strip() else ",", spec.strip()):
        if not field.strip().rstrip(","):
            continue
        found = _FIELD.fullmatch(field.strip().rstrip(","))
        if found is None:
            raise ValueError(
                f"{field.strip()!r} is no field: expected a name, a type and, after a colon, "
                "what it is, such as 'age int: in years'"
            )
        name = found["name"]
        if name in fields:
            raise ValueError(f"there is more than one field called {name}")
        said = {"description": found["said"].strip()} if found["said"] else {}
        fields[name] = {**_typed(found["type"] or "str"), **said}
    if not fields:
        raise ValueError("there is no field in it")
    return {
        "title": "Answer",
        "type": "object",
        "properties": fields,
        "required": [*fields],
        "additionalProperties": False,
    }


def _typed(name: str) -> dict[str, object]:
    if (element := element_of(name)) is not None:
        return {"type": "array", "items": _typed(element)}
    if name not in TYPES:
        raise ValueError(f"{name!r} is no type: there are {', '.join(TYPES)}, and list[str]")
    return {"type": TYPES[name]}
