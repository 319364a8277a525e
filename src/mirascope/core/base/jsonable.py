"""Values as JSON text, for tool outputs and for dumps."""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from .narrowing import is_collection, is_mapping

__all__ = ["describe", "tool_output", "transform_tool_outputs"]

_ResultT = TypeVar("_ResultT")


def tool_output(value: Any) -> str:
    """Write a tool's output as text for the model.

    Raises:
        TypeError: If the output is nothing JSON can say.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, BaseModel):
        return value.model_dump_json()
    return json.dumps(_convert(value))


def transform_tool_outputs(
    fn: Callable[[Any, list[tuple[Any, str]]], _ResultT],
) -> Callable[[Any, Sequence[tuple[Any, Any]]], _ResultT]:
    """Decorate a vendor's `tool_message_params`: outputs reach it as text, whatever they were."""

    @functools.wraps(fn)
    def transformed(cls: Any, tools_and_outputs: Sequence[tuple[Any, Any]]) -> _ResultT:
        return fn(cls, [(tool, tool_output(output)) for tool, output in tools_and_outputs])

    return transformed


def _convert(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if is_mapping(value):
        return {str(key): _convert(item) for key, item in value.items()}
    if is_collection(value):
        return [_convert(item) for item in value]
    raise TypeError(f"Unsupported type for serialization: {type(value).__name__}")


def describe(value: Any) -> Any:
    """Make JSON of anything, at worst its text: for dumps, which must not fail."""
    if isinstance(value, type):
        return {"type": "function", "name": getattr(value, "__name__", str(value))}
    if isinstance(value, BaseModel):
        try:
            return value.model_dump(mode="json")
        except Exception:
            # An SDK's model with a field pydantic cannot write; its text is better than no dump.
            return str(value)
    if is_mapping(value):
        return {str(key): describe(item) for key, item in value.items()}
    if is_collection(value):
        return [describe(item) for item in value]
    try:
        return _convert(value)
    except TypeError:
        return str(value)
