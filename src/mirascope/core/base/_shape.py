# Values here are users' and SDKs' own, of any type; `_name` and `_reading` are private to users,
# shared inside this package.
# pyright: reportPrivateUsage=false
# pyright: reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
"""The shape of a structured answer: what to ask the model for, and how to read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jiter
from pydantic import BaseModel, ValidationError

from ._partial import validate_partial
from ._schema import GenerateJsonSchemaNoTitles, without
from .from_call_args import call_arg_fields
from .tool import BaseTool

__all__ = ["Shape"]


class Shape:
    """A response model: a pydantic model, or a base type that travels as `{"value": ...}`."""

    def __init__(self, response_model: Any, tool_base: type[BaseTool], fn_args: Mapping[str, Any]):
        """Describe a response model.

        Args:
            response_model: The model, or a base type such as `list[Book]`.
            tool_base: The vendor's tool class.
            fn_args: The prompt function's arguments, for fields marked `FromCallArgs`.
        """
        self.response_model = response_model
        self.is_model = isinstance(response_model, type) and issubclass(response_model, BaseModel)
        tool: type[BaseTool] = (
            tool_base.type_from_base_model_type(response_model)
            if self.is_model
            else tool_base.type_from_base_type(response_model)
        )
        self._names = call_arg_fields(response_model)
        self.from_args = {name: fn_args[name] for name in self._names if name in fn_args}
        if self._names:
            tool = _asking_less(tool, self._names)
        self.tool = tool

    @property
    def name(self) -> str:
        """The name of the tool that carries the answer."""
        return self.tool._name()

    @property
    def strict(self) -> bool:
        """Whether the model asks the vendor to keep to the schema."""
        return bool(self.is_model and self.response_model.model_config.get("strict"))

    def schema(self) -> dict[str, Any]:
        """Describe the answer as a JSON schema."""
        if not self.is_model:
            return self.tool.parameters()
        schema = self.response_model.model_json_schema(schema_generator=GenerateJsonSchemaNoTitles)
        return without(schema, self._names)

    def read(self, arguments: str | Mapping[str, Any]) -> Any:
        """Validate a complete answer.

        Raises:
            ValidationError: If it doesn't fit.
        """
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        if not self.from_args:
            return self._validated_json(text)
        # An argument may be any object, which JSON could not carry.
        return self.response_model.model_validate({**json.loads(text), **self.from_args})

    def _validated_json(self, text: str) -> Any:
        if self.is_model:
            return self.response_model.model_validate_json(text)
        return getattr(self.tool.model_validate_json(text), "value")  # noqa: B009  # made at run time

    def read_partial(self, text: str) -> Any:
        """Read as much as has come; None while there is nothing to read."""
        try:
            values = jiter.from_json(text.encode(), partial_mode="trailing-strings")
        except ValueError:
            return None
        if not isinstance(values, dict):
            return None
        values = {**values, **self.from_args}
        if self.is_model:
            return validate_partial(self.response_model, values)
        try:
            return getattr(validate_partial(self.tool, values), "value", None)
        except ValidationError:
            return None


def _asking_less(tool: type[BaseTool], names: set[str]) -> type[BaseTool]:
    """Take the fields that come from the arguments out of what the model is asked."""
    full = tool.parameters

    def parameters(cls: Any) -> dict[str, Any]:
        return without(full(), names)

    made = type(
        tool.__name__,
        (tool,),
        {
            "__doc__": tool.__doc__,
            "__module__": tool.__module__,
            "parameters": classmethod(parameters),
        },
    )
    return made


def json_text(text: str) -> str:
    """Cut what stands around a JSON object."""
    start, end = text.find("{"), text.rfind("}")
    if start < 0:
        return text
    return text[start : end + 1] if end > start else text[start:]
