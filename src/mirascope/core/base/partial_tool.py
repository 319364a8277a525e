"""Tools whose arguments are still arriving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional, TypeVar, cast

from pydantic import Field, ValidationError, create_model

from .kept import kept_on
from .tool import CALL_ALIAS, DELTA_ALIAS, BaseTool, tool_name

__all__ = ["partial_from_call"]

_ToolT = TypeVar("_ToolT", bound=BaseTool)


def _partial_tool(tool: type[_ToolT]) -> type[_ToolT]:
    """Make `PartialName`: every argument optional, to any depth, and None while unknown."""
    # The current API's partial types; late, so that other programs don't load them.
    from mirascope.llm.formatting.partial_types import partial_type

    fields: dict[str, Any] = {
        name: (
            Optional[cast("Any", partial_type(field.annotation))],  # noqa: UP045  # built at run time
            Field(default=None, alias=field.alias),
        )
        for name, field in tool.model_fields.items()
        if name not in ("tool_call", "delta")
    }
    made = create_model(f"Partial{tool_name(tool)}", __base__=tool, __doc__=tool.__doc__, **fields)
    made.__custom_name__ = ""
    return made


def partial_from_call(
    tool: type[_ToolT], tool_call: Any, arguments: Mapping[str, Any], delta: str
) -> _ToolT:
    """Build a tool of the arguments so far; those that don't fit yet count as missing.

    Args:
        tool: The tool that is called.
        tool_call: The vendor's call so far.
        arguments: What the call says so far.
        delta: The newest piece of the arguments' text.
    """
    made: Any = kept_on(tool, "partial", lambda: _partial_tool(tool))
    values = dict(arguments)
    own: dict[str, Any] = {CALL_ALIAS: tool_call, DELTA_ALIAS: delta}
    while True:
        try:
            return cast("_ToolT", made.model_validate({**values, **own}))
        except ValidationError as error:
            unfit = {entry["loc"][0] for entry in error.errors() if entry["loc"]}
            kept = {key: value for key, value in values.items() if key not in unfit}
            if len(kept) == len(values):
                # A check over several fields, which the whole tool has to pass.
                return cast(
                    "_ToolT", made.model_construct(**values, tool_call=tool_call, delta=delta)
                )
            values = kept
