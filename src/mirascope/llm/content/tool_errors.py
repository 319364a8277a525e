"""The JSON form of a tool's error: our class, its text, and the name of what the tool raised."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, cast

from mirascope.llm.content.json_form import Form, expected, malformed, read_record
from mirascope.llm.exceptions import ToolError, ToolExecutionError, ToolNotFoundError

__all__ = ["ToolErrorForm"]

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

_FIELDS = {"type": True, "message": True, "exception": False, "argument": False, "tool_name": False}
"""The fields of the form, all of them strings, and whether every error has them."""


class ToolErrorForm(Form):
    """A tool's error, or null."""

    def dump(self, value: object, at: str) -> object:
        """Return the error as an object of strings."""
        if value is None:
            return None
        if not isinstance(value, ToolError):
            raise expected("a ToolError", value, at)
        return _fields_of(value)

    def load(self, value: object, at: str) -> ToolError | None:
        """Return the error, of the class of ours that it was."""
        if value is None:
            return None
        record = read_record(value, at)
        for name, always in _FIELDS.items():
            if always and name not in record:
                raise malformed(f"{at}.{name}", "missing")
            if name in record and not isinstance(record[name], str):
                raise expected("a string", record[name], f"{at}.{name}")
        return _error_of(cast("Mapping[str, str]", record))

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Read and write the same object; an error passes as it is."""
        from pydantic_core import core_schema  # when pydantic asks, it has been imported

        fields = core_schema.typed_dict_schema(
            {
                name: core_schema.typed_dict_field(core_schema.str_schema(), required=always)
                for name, always in _FIELDS.items()
            }
        )

        def read(value: object, read_fields: Any) -> ToolError:
            return value if isinstance(value, ToolError) else _error_of(read_fields(value))

        return core_schema.nullable_schema(
            core_schema.no_info_wrap_validator_function(
                read,
                fields,
                serialization=core_schema.plain_serializer_function_ser_schema(
                    _fields_of, return_schema=fields
                ),
            )
        )


def _fields_of(error: ToolError) -> dict[str, str]:
    fields = {"type": _class_of(error).__name__, "message": str(error)}
    if isinstance(error, ToolNotFoundError):
        fields["tool_name"] = error.tool_name
    elif isinstance(error, ToolExecutionError):
        raised = error.tool_exception
        fields["exception"] = type(raised).__name__
        # The text of most is their argument; that of KeyError is how the argument looks in code.
        match raised.args:
            case (str(argument),) if argument != fields["message"]:
                fields["argument"] = argument
            case _:
                pass
    return fields


def _class_of(error: ToolError) -> type[ToolError]:
    """Return the class of ours that a user's own derives from."""
    for cls in (ToolExecutionError, ToolNotFoundError):
        if isinstance(error, cls):
            return cls
    return ToolError


def _error_of(fields: Mapping[str, str]) -> ToolError:
    """Return the error; a class that is not known yet is read as a `ToolError`."""
    message = fields["message"]
    if fields["type"] == "ToolNotFoundError" and "tool_name" in fields:
        not_found = ToolNotFoundError(fields["tool_name"])
        not_found.args = (message,)
        return not_found
    if fields["type"] == "ToolExecutionError":
        argument = fields.get("argument", message)
        return ToolExecutionError(_raised(fields.get("exception", "Exception"), argument, message))
    return ToolError(message)


def _raised(name: str, argument: str, message: str) -> Exception:
    """Return what the tool raised: Python's own where it is one, or else one that is named so."""
    cls: object = vars(builtins).get(name)
    if isinstance(cls, type) and issubclass(cls, Exception):
        try:
            error = cls(argument)
        except TypeError:  # it takes more than a text
            pass
        else:
            if str(error) == message:
                return error
    return _stand_in(name, message)


class _StandIn(Exception):
    """What a tool raised once, when its class cannot be made again."""

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by name: the class is made when it is needed."""
        return _stand_in, (type(self).__name__, str(self))


def _stand_in(name: str, message: str) -> Exception:
    name = name if name.isidentifier() else "Exception"
    cls: type[_StandIn] = type(name, (_StandIn,), {"__doc__": _StandIn.__doc__})
    return cls(message)
