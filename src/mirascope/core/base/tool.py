# A tool's fields are its user's, so what this package asks of tools has an underscore, as v1 named
# it; the functions at the end ask from outside.
# pyright: reportPrivateUsage=false
"""Tools: functions and classes a model may call."""

from __future__ import annotations

import inspect
import warnings
from abc import ABC
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticUndefined
from typing_extensions import TypedDict

from .arguments import read_arguments
from .function_fields import function_fields
from .schema import GenerateJsonSchemaNoTitles

__all__ = [
    "BaseTool",
    "GenerateJsonSchemaNoTitles",
    "ToolConfig",
    "call_arguments",
    "call_id",
    "tool_from_fn",
    "tool_name",
]

_ToolT = TypeVar("_ToolT", bound="BaseTool")

DEFAULT_DESCRIPTION = (
    "Parameters read from the answer, with the right names and types. Required parameters must be "
    "present; optional ones only where the text gives them."
)
CALL_ALIAS = "mirascope_tool_call"
DELTA_ALIAS = "mirascope_delta"
# `ABC` and `Generic` have docstrings too.
_NOT_THE_USERS = frozenset({"abc", "builtins", "pydantic", "typing", "typing_extensions"})
_OWN_FIELDS = frozenset({"tool_call", "delta"})


class ToolConfig(TypedDict, total=False):
    """Base of the vendors' tool options."""


class BaseTool(BaseModel, ABC):
    """A tool: fields are its parameters, `call` does the work.

    Attributes:
        tool_call: The vendor's own tool call, once the model made one.
        delta: The newest piece of the arguments while the tool streams; None once complete.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(arbitrary_types_allowed=True)

    tool_config: ClassVar[Any] = ToolConfig()
    # Set by the vendor whose tool class it is.
    __provider__: ClassVar[str] = "NONE"
    __custom_name__: ClassVar[str] = ""
    # The options of `tool_config` this vendor knows.
    _known_config: ClassVar[frozenset[str]] = frozenset()

    # Under aliases no tool has, so that a tool may have parameters of these names.
    tool_call: SkipJsonSchema[Any] = Field(
        default=None, alias="mirascope_tool_call", exclude=True, repr=False
    )
    delta: SkipJsonSchema[str | None] = Field(
        default=None, alias="mirascope_delta", exclude=True, repr=False
    )

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Run the tool with the arguments the model gave."""
        raise TypeError(f"{type(self).__name__} defines no call method.")

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        _give_names_back(cls)

    @classmethod
    def _name(cls) -> str:
        return _tool_name(cls.__custom_name__ or cls.__name__)

    @classmethod
    def _description(cls) -> str:
        doc = cls.__dict__.get("__doc__") or _inherited_doc(cls)
        return inspect.cleandoc(doc) if doc else DEFAULT_DESCRIPTION

    @property
    def args(self) -> dict[str, Any]:
        """The arguments by parameter name."""
        return {
            name: getattr(self, name) for name in type(self).model_fields if name not in _OWN_FIELDS
        }

    @property
    def id(self) -> str | None:
        """The vendor's id of this call."""
        return self._call_id(self.tool_call) if self.tool_call is not None else None

    @classmethod
    def _call_id(cls, tool_call: Any) -> str | None:
        return cast("str | None", getattr(tool_call, "id", None))

    @classmethod
    def _call_arguments(cls, tool_call: Any) -> str | Mapping[str, Any]:
        """Take the arguments out of the vendor's tool call."""
        return cast("str | Mapping[str, Any]", tool_call.function.arguments)

    @classmethod
    def tool_schema(cls) -> Any:
        """Describe the tool as this vendor wants it.

        Raises:
            RuntimeError: On `BaseTool` itself, which belongs to no vendor.
        """
        raise RuntimeError("A tool has a schema only for a vendor; use the vendor's tool class.")

    @classmethod
    def parameters(cls) -> dict[str, Any]:
        """Describe the parameters as a JSON schema without made-up titles."""
        schema = cls.model_json_schema()
        schema.pop("description", None)
        schema.setdefault("properties", {})
        return schema

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Generate the JSON schema, without titles unless asked otherwise."""
        kwargs.setdefault("schema_generator", GenerateJsonSchemaNoTitles)
        return super().model_json_schema(*args, **kwargs)

    @classmethod
    def from_tool_call(cls, tool_call: Any, allow_partial: bool = False) -> Self:
        """Build the tool the model called.

        Args:
            tool_call: The vendor's tool call.
            allow_partial: Accept arguments that are still arriving; only for partial classes.

        Raises:
            ValueError: If the arguments are not JSON, or don't fit (a `ValidationError`).
        """
        arguments = cls._call_arguments(tool_call)
        if isinstance(arguments, str):
            arguments = read_arguments(arguments, allow_partial)
        return cls.model_validate({**arguments, CALL_ALIAS: tool_call})

    @classmethod
    def type_from_fn(cls, fn: Callable[..., Any]) -> type[Self]:
        """Make a tool type of a function."""
        return tool_from_fn(fn, cls)

    @classmethod
    def type_from_base_model_type(cls, model: type[BaseModel]) -> type[Self]:
        """Make a tool type of this vendor of a pydantic model or another vendor's tool."""
        if issubclass(model, cls):
            return model
        if issubclass(model, BaseTool):
            _check_config(model, cls)
        made: Any = create_model(
            model.__name__,
            __base__=cast("Any", (model, cls)),
            __doc__=model.__dict__.get("__doc__") or _inherited_doc(model),
        )
        made.__custom_name__ = getattr(model, "__custom_name__", "")
        _prefer_vendor(made, model, cls)
        return cast("type[Self]", made)

    @classmethod
    def type_from_base_type(cls, base_type: Any) -> type[Self]:
        """Make a tool type whose one argument, `value`, is of a base type."""
        made = create_model(
            _tool_name(getattr(base_type, "__name__", None) or str(base_type)),
            __base__=cls,
            __doc__=DEFAULT_DESCRIPTION,
            value=(base_type, ...),
        )
        return made


# Names a tool already uses for itself.
_TAKEN = frozenset(
    name for name in dir(BaseTool) if not name.startswith("_") or name.startswith("__")
) | {"tool_call", "delta"}


def tool_from_fn(
    fn: Callable[..., Any],
    base: type[_ToolT],
    *,
    name: str | None = None,
    doc: str | None = None,
    bound: object = None,
) -> type[_ToolT]:
    """Make a tool type of a function.

    Args:
        fn: The function; every parameter has an annotation.
        base: The vendor's tool class.
        name: The tool's name; the function's own by default.
        doc: The docstring; the function's own by default.
        bound: What to give as `self`, for methods.

    Raises:
        ValueError: If an annotation is missing, or the docstring documents a parameter that the
            function does not have, or documents one emptily, or its examples are not JSON.
    """
    said = function_fields(fn, doc if doc is not None else (inspect.getdoc(fn) or ""), _TAKEN)
    made = create_model(
        name or fn.__name__, __base__=base, __doc__=said.description or None, **said.fields
    )
    if name and name != fn.__name__:
        made.__custom_name__ = name
    if said.examples:
        extra: ConfigDict = {"json_schema_extra": {"examples": said.examples}}
        made.model_config = {**made.model_config, **extra}
        made.model_rebuild(force=True)
    _give_call(made, fn, said.aliases, bound)
    return made


def _give_call(made: Any, fn: Callable[..., Any], aliases: dict[str, str], bound: object) -> None:
    first = (bound,) if bound is not None else ()

    def arguments(tool: BaseTool) -> dict[str, Any]:
        return {name: getattr(tool, inner) for inner, name in aliases.items()}

    if inspect.iscoroutinefunction(inspect.unwrap(fn)):

        async def acall(self: BaseTool) -> Any:
            return await fn(*first, **arguments(self))

        made.call = acall
    else:

        def call(self: BaseTool) -> Any:
            return fn(*first, **arguments(self))

        made.call = call
    made.args = property(arguments)
    made._fn = staticmethod(fn)


def _tool_name(text: str) -> str:
    """Make a name that every vendor takes, of a generic's name for example."""
    # https://platform.openai.com/docs/api-reference/chat/create, read 2026-11-20: letters, digits,
    # underscores and dashes, 64 of them; the other vendors' rules are this or wider.
    kept = "".join(ch if ch.isascii() and (ch.isalnum() or ch in "_-") else "_" for ch in text)
    return kept.strip("_")[:64] if kept != text else text


def _give_names_back(cls: type[BaseTool]) -> None:
    """Let fields have the names of a tool's own attributes.

    pydantic takes the attribute of that name, inherited from here, for the field's default, and
    the attribute hides the field's value.
    """
    stolen = False
    for name in cls.model_fields.keys() & {"args", "call", "id"}:
        field = cls.model_fields[name]
        # A property is what a class above got from here.
        attribute = inspect.getattr_static(BaseTool, name)
        if field.default is attribute or isinstance(field.default, property):
            field.default, stolen = PydanticUndefined, True
        if name != "call":
            setattr(cls, name, _field_value(name))
    if stolen:
        cls.model_rebuild(force=True)


def _field_value(name: str) -> property:
    def value(self: BaseTool) -> Any:
        return self.__dict__[name]

    return property(value)


def _inherited_doc(cls: type) -> str | None:
    """Find a docstring of the user's own among the bases."""
    for base in cls.__mro__[1:]:
        package = base.__module__.partition(".")[0]
        if base.__module__.startswith("mirascope.core.") or package in _NOT_THE_USERS:
            continue
        doc = base.__dict__.get("__doc__")
        if doc:
            return str(doc)
    return None


# What a vendor's class decides even where the user's own tool class comes first.
_VENDOR = (
    "tool_schema",
    "_call_id",
    "_call_arguments",
    "_known_config",
    "_classes",
    "_empty_schema",
    "_keywords",
    "__provider__",
)


def _prefer_vendor(made: Any, model: type, vendor: type[BaseTool]) -> None:
    if not issubclass(model, BaseTool) and not callable(getattr(cast("Any", model), "call", None)):
        made.call = _returns_args
    for name in _VENDOR:
        for base in vendor.__mro__:
            if name in base.__dict__:
                setattr(made, name, base.__dict__[name])
                break


def _returns_args(self: BaseTool) -> dict[str, Any]:
    return self.args


def _check_config(tool: type[BaseTool], vendor: type[BaseTool]) -> None:
    unknown = sorted(set(tool.tool_config) - vendor._known_config)
    if unknown:
        warnings.warn(
            f"{tool.__name__}: {vendor.__provider__} has no tool option {', '.join(unknown)}; "
            "ignored.",
            UserWarning,
            stacklevel=4,
        )


def tool_name(tool: type[BaseTool]) -> str:
    """Give the name that the model knows a tool by."""
    return tool._name()


def call_id(tool: type[BaseTool], tool_call: Any) -> str | None:
    """Give the vendor's id of a call."""
    return tool._call_id(tool_call)


def call_arguments(tool: type[BaseTool], tool_call: Any) -> str | Mapping[str, Any]:
    """Give the arguments of a vendor's tool call, as text or as values."""
    return tool._call_arguments(tool_call)
