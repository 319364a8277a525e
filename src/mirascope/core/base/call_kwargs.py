"""What every vendor's final SDK arguments have in common."""

from __future__ import annotations

from typing import Any, Generic

from typing_extensions import TypedDict, TypeVar

__all__ = ["BaseCallKwargs"]

_ToolSchemaT = TypeVar("_ToolSchemaT", default=Any)


class BaseCallKwargs(TypedDict, Generic[_ToolSchemaT], total=False):
    """The arguments the SDK was called with."""

    model: str
    messages: Any
    tools: list[_ToolSchemaT]
