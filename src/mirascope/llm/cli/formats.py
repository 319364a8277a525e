"""The argument ``--schema``: what an answer is to look like."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from types import GenericAlias
from typing import Any, cast

from mirascope._wire.json_values import is_list, is_object
from mirascope.llm.cli.exits import UsageError
from mirascope.llm.cli.found import find_object
from mirascope.llm.cli.inline_schema import TYPES, element_of, inline_schema, is_inline
from mirascope.llm.formatting import resolve_format

__all__ = ["as_jsonable", "load_format"]


def load_format(spec: str) -> Any:  # Any: a type made or found at run time
    """Return the format that `spec` names, or is.

    Args:
        spec: A file with a JSON schema, ``module:Class``, JSON Schema itself, or the names and
            types of the fields, such as ``name, age int``; or ``list[...]`` of one of these, or of
            ``str``, ``int``, ``float`` or ``bool``.

    Raises:
        UsageError: There is no such thing.
    """
    spec = spec.strip()
    if (element := element_of(spec)) is not None:
        inner = load_format(f"builtins:{element}" if element in TYPES else element)
        return _checked(GenericAlias(list, (inner,)), spec)
    path = Path(spec)
    if is_inline(spec) and path.suffix != ".json":
        return _inline(spec)
    if path.suffix == ".json" or path.is_file():
        return _from_file(path)
    module, colon, name = spec.partition(":")
    if not colon or not name:
        raise UsageError(
            f"--schema {spec}: expected a file such as book.json, or module:Class, or fields "
            "such as 'name, age int'"
        )
    try:
        found = find_object(module, name)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"--schema {spec}: {error}") from error
    if found is None or inspect.isroutine(found):
        raise UsageError(f"--schema {spec}: {name} is no type")
    return _checked(found, spec)


def _checked(found: object, spec: str) -> Any:
    try:
        resolve_format(cast("Any", found), "strict")
    except TypeError as error:
        raise UsageError(f"--schema {spec}: {error}") from error
    return found


def _inline(spec: str) -> object:
    try:
        fields = spec.lstrip()[:1] != "{"
        schema: object = inline_schema(spec) if fields else json.loads(spec)
    except ValueError as error:
        raise UsageError(f"--schema: {error}") from error
    return _model(schema, "Answer", "--schema")


def _from_file(path: Path) -> object:
    try:
        schema: object = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"--schema {path}: cannot be read as JSON: {error}") from error
    return _model(schema, path.stem, f"--schema {path}")


def _model(schema: object, name: str, what: str) -> object:
    from mirascope.llm.cli.schema_model import model_from_schema  # pydantic is slow to import

    if not is_object(schema):
        raise UsageError(f"{what}: a JSON schema is an object")
    title = schema.get("title")
    wanted = title if isinstance(title, str) else name
    try:
        return model_from_schema(
            schema, "".join(c if c.isalnum() or c in "_-" else "_" for c in wanted)
        )
    except ValueError as error:
        raise UsageError(f"{what}: {error}") from error


def as_jsonable(value: object) -> object:
    """Return an answer, or as much of it as there is, as what JSON can hold."""
    from pydantic import BaseModel  # slow to import
    from pydantic_core import to_jsonable_python

    if is_list(value):
        return [as_jsonable(item) for item in value]
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return to_jsonable_python(value)
