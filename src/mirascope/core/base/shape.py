"""The shape of a structured answer: what to ask the model for, and how to read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from .from_call_args import call_arg_fields, call_arg_values
from .kept import kept_on
from .schema import GenerateJsonSchemaNoTitles, without
from .tool import BaseTool, tool_name

if TYPE_CHECKING:
    from mirascope.llm.formatting.partial_reader import PartialReader

__all__ = ["Shape", "json_text"]


class Shape:
    """A response model: a pydantic model, or a base type that travels as `{"value": ...}`."""

    def __init__(
        self,
        response_model: Any,
        tool_base: type[BaseTool],
        fn_args: Mapping[str, Any],
        tool: type[BaseTool] | None = None,
    ) -> None:
        """Describe a response model.

        Args:
            response_model: The model, or a base type such as `list[Book]`.
            tool_base: The vendor's tool class.
            fn_args: The prompt function's arguments, for fields marked `FromCallArgs`.
            tool: The tool that carries the answer, where it was made before.

        Raises:
            ValueError: If an argument for a marked field is missing.
        """
        self.response_model = response_model
        self.is_model = _is_model(response_model)
        self.from_args = call_arg_values(response_model, fn_args)
        self.tool = tool or _tool(response_model, tool_base)

    @property
    def name(self) -> str:
        """The name of the tool that carries the answer."""
        return tool_name(self.tool)

    @property
    def strict(self) -> bool:
        """Whether the model asks the vendor to keep to the schema."""
        return bool(self.is_model and self.response_model.model_config.get("strict"))

    def schema(self) -> dict[str, Any]:
        """Describe the answer as a JSON schema."""
        if not self.is_model:
            return self.tool.parameters()
        schema = self.response_model.model_json_schema(schema_generator=GenerateJsonSchemaNoTitles)
        return without(schema, set(self.from_args))

    def read(self, arguments: str | Mapping[str, Any]) -> Any:
        """Validate a complete answer.

        Raises:
            ValidationError: If it doesn't fit, or is no JSON.
        """
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        if not self.is_model:
            return getattr(self.tool.model_validate_json(text), "value")  # noqa: B009  # made at run time
        if self.from_args:
            try:
                values = json.loads(text)
            except ValueError:
                pass  # pydantic says so below
            else:
                # An argument may be any object, which JSON could not carry.
                return self.response_model.model_validate({**values, **self.from_args})
        return self.response_model.model_validate_json(text)

    def answer(self, arguments: str | Mapping[str, Any], response: Any) -> Any:
        """Validate the answer that a response carries, and hang the response on it.

        Raises:
            ValidationError: If it doesn't fit; the response is the error's `_response`.
        """
        try:
            result = self.read(arguments)
        except ValueError as error:
            error._response = response  # type: ignore[attr-defined]  # documented
            raise
        if self.is_model:
            # Past the model's own `__setattr__`: it may be frozen.
            object.__setattr__(result, "_response", response)
        return result

    def reader(self) -> PartialReader[Any]:
        """Start to read an answer that arrives in pieces."""
        # The current API's reader; late, so that other programs don't load it.
        from mirascope.llm.formatting.formats import Format
        from mirascope.llm.formatting.partial_reader import PartialReader

        wanted: Any = self.response_model if self.is_model else self.tool
        return PartialReader(
            Format(name="", description=None, schema={}, mode="json", formattable=wanted)
        )

    def partial(self, value: Any) -> Any:
        """Give what a reader has read as what the user asked for."""
        if not self.is_model:
            return value.value
        return value.model_copy(update=self.from_args) if self.from_args else value


def _is_model(response_model: Any) -> bool:
    return isinstance(response_model, type) and issubclass(response_model, BaseModel)


def _tool(response_model: Any, tool_base: type[BaseTool]) -> type[BaseTool]:
    """Make the tool that carries the answer; pydantic takes long for a class."""
    if not _is_model(response_model):
        return tool_base.type_from_base_type(response_model)

    def make() -> type[BaseTool]:
        tool = tool_base.type_from_base_model_type(response_model)
        names = call_arg_fields(response_model)
        return _asking_less(tool, names) if names else tool

    return kept_on(response_model, ("answer", tool_base), make)


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
    """Find the JSON object in what a model wrote; a text without one is given back."""
    from mirascope.llm.formatting.json_text import extract_serialized_json

    try:
        return extract_serialized_json(text)
    except ValueError:
        return text
