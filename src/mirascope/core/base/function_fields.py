"""What a function says of itself: its parameters as fields, and what its docstring tells."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

import docstring_parser
from docstring_parser import Docstring
from pydantic import Field
from pydantic.fields import FieldInfo

__all__ = ["FunctionFields", "function_fields"]


class FunctionFields(NamedTuple):
    """A function as a model.

    Attributes:
        fields: A definition for each parameter, as pydantic's `create_model` takes them.
        aliases: The parameters by the names of their fields.
        description: What it does, gives and raises.
        examples: Its examples.
    """

    fields: dict[str, Any]
    aliases: dict[str, str]
    description: str
    examples: list[Any]


def function_fields(fn: Callable[..., Any], doc: str, taken: frozenset[str]) -> FunctionFields:
    """Read a function.

    Args:
        fn: The function; every parameter has an annotation.
        doc: Its docstring.
        taken: Names that no field may have; a parameter of that name gets a trailing underscore
            inside and keeps its own name towards the model.

    Raises:
        ValueError: If an annotation is missing, or the docstring documents a parameter that the
            function does not have, or documents one emptily, or its examples are not JSON.
    """
    parsed = docstring_parser.parse(doc)
    parameters = _parameters(fn)
    described = _descriptions(fn, parsed, parameters)
    hints = get_type_hints(inspect.unwrap(fn), include_extras=True)
    fields: dict[str, Any] = {}
    aliases: dict[str, str] = {}
    for parameter in parameters:
        inner = parameter.name
        if inner in taken or inner.startswith(("model_", "_")):
            inner = f"{inner.strip('_')}_" if not inner.startswith("model_") else f"aliased_{inner}"
        aliases[inner] = parameter.name
        fields[inner] = _field(
            hints[parameter.name],
            parameter.default,
            described.get(parameter.name),
            parameter.name if inner != parameter.name else None,
        )
    return FunctionFields(fields, aliases, _description(parsed), _examples(parsed))


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


def _field_of(annotation: Any, default: Any, **settings: Any) -> tuple[Any, FieldInfo]:
    """Define a field with its default and description kept, whatever pydantic's version."""
    chosen = {key: value for key, value in settings.items() if value is not None}
    if default is inspect.Parameter.empty:
        return annotation, Field(**chosen)
    return annotation, Field(default=default, **chosen)
