"""Tool types made of functions, described by their docstrings."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import docstring_parser
from docstring_parser import Docstring
from pydantic import ConfigDict, Field, create_model
from pydantic.fields import FieldInfo

from .tool import BaseTool

__all__ = ["tool_from_fn"]

_ToolT = TypeVar("_ToolT", bound=BaseTool)
# Names a tool already uses for itself; a parameter of that name gets a trailing underscore inside
# and keeps its own name towards the model.
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
    parsed = docstring_parser.parse(doc if doc is not None else (inspect.getdoc(fn) or ""))
    parameters = _parameters(fn)
    described = _descriptions(fn, parsed, parameters)
    hints = get_type_hints(inspect.unwrap(fn), include_extras=True)
    fields: dict[str, Any] = {}
    aliases: dict[str, str] = {}
    for parameter in parameters:
        inner = parameter.name
        if inner in _TAKEN or inner.startswith(("model_", "_")):
            inner = f"{inner.strip('_')}_" if not inner.startswith("model_") else f"aliased_{inner}"
        aliases[inner] = parameter.name
        fields[inner] = _field(
            hints[parameter.name],
            parameter.default,
            described.get(parameter.name),
            parameter.name if inner != parameter.name else None,
        )
    made = create_model(
        name or fn.__name__,
        __base__=base,
        __doc__=_description(parsed) or None,
        **fields,
    )
    if name and name != fn.__name__:
        made.__custom_name__ = name
    examples = _examples(parsed)
    if examples:
        extra: ConfigDict = {"json_schema_extra": {"examples": examples}}
        made.model_config = {**made.model_config, **extra}
        made.model_rebuild(force=True)
    _give_call(made, fn, aliases, bound)
    return made


def _parameters(fn: Callable[..., Any]) -> list[inspect.Parameter]:
    parameters = [
        parameter
        for parameter in inspect.signature(fn).parameters.values()
        if parameter.name not in ("self", "cls")
    ]
    if any(parameter.annotation is inspect.Parameter.empty for parameter in parameters):
        raise ValueError(
            f"All parameters must have a type annotation. {fn.__name__}: a model can only fill "
            "what it knows the type of."
        )
    return parameters


def _descriptions(
    fn: Callable[..., Any], parsed: Docstring, parameters: list[inspect.Parameter]
) -> dict[str, str]:
    known = {parameter.name for parameter in parameters}
    described: dict[str, str] = {}
    for documented in parsed.params:
        if documented.arg_name not in known:
            raise ValueError(
                f"The docstring of {fn.__name__} documents {documented.arg_name!r}, but its "
                f"parameters are {', '.join(sorted(known)) or 'none'}."
            )
        if not documented.description:
            raise ValueError(
                f"The docstring of {fn.__name__} has no description for {documented.arg_name!r}."
            )
        described[documented.arg_name] = documented.description
    return described


def _field(annotation: Any, default: Any, description: str | None, alias: str | None) -> Any:
    # `Annotated[str, Field(description=...)]` says it closer to the parameter than the docstring.
    if get_origin(annotation) is Annotated:
        own = [item for item in get_args(annotation)[1:] if isinstance(item, FieldInfo)]
        if any(item.description for item in own):
            description = None
    return _field_of(annotation, default, description=description, alias=alias)


def _description(parsed: Docstring) -> str:
    pieces = [parsed.short_description, parsed.long_description]
    text = "\n\n".join(piece for piece in pieces if piece)
    if parsed.returns and parsed.returns.description:
        text += f"\n\nReturns:\n    {parsed.returns.description}"
    raises = [
        f"    {item.type_name}: {item.description}" for item in parsed.raises if item.description
    ]
    if raises:
        text += "\n\nRaises:\n" + "\n".join(raises)
    return text


def _examples(parsed: Docstring) -> list[Any]:
    found: list[Any] = []
    for example in parsed.examples:
        text = example.description or example.snippet or ""
        try:
            found.append(json.loads(text))
        except ValueError as error:
            raise ValueError("Examples in a tool's docstring must be JSON.") from error
    return found


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


def _field_of(annotation: Any, default: Any, **settings: Any) -> tuple[Any, FieldInfo]:
    """Define a field with its default and description kept, whatever pydantic's version."""
    chosen = {key: value for key, value in settings.items() if value is not None}
    if default is inspect.Parameter.empty:
        return annotation, Field(**chosen)
    return annotation, Field(default=default, **chosen)
