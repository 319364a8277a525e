"""`Format`: what an answer should look like, and how it is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Never, TypeAlias, cast, get_args

from typing_extensions import TypeVar

from mirascope.llm.content.tool_call import FORMAT_TOOL_NAME
from mirascope.llm.formatting.format_tool import create_format_tool
from mirascope.llm.formatting.output_parsers import OutputParser
from mirascope.llm.formatting.types import (
    FormattableT,
    FormattingMode,
    HasFormattingInstructions,
    TypeSpec,
)
from mirascope.llm.tools.tool_schema import ToolSchema
from mirascope.llm.types import NoneType
from mirascope.llm.types.refusals import require
from mirascope.llm.types.shown import named, shown

__all__ = ["Format", "FormatSpec", "format", "resolve_format"]


_NoneT = TypeVar("_NoneT", bound=None, default=Never)
"""None where None may be given, and nothing at all elsewhere."""


@dataclass(kw_only=True, repr=False)
class Format(Generic[FormattableT]):
    """A format together with the way it is asked for."""

    name: str
    description: str | None
    schema: dict[str, object]
    """JSON schema of the answer's root object; empty for output parsers."""
    mode: FormattingMode
    formattable: TypeSpec[FormattableT] | OutputParser[FormattableT]
    """What was given to `llm.format`."""

    def __repr__(self) -> str:
        return shown(self, [named(self.formattable), f"mode={self.mode!r}"])

    @property
    def formatting_instructions(self) -> str | None:
        """What to tell the model in the system message, if anything."""
        formattable: object = self.formattable
        # Output parsers have instructions, too. A dataclass may have a field of that name.
        if isinstance(formattable, HasFormattingInstructions) and callable(
            formattable.formatting_instructions
        ):
            said = formattable.formatting_instructions()
            if said is not None:
                require(
                    f"formatting_instructions of {named(formattable)}", said, str, "text or None"
                )
            return said
        if self.mode == "tool":
            return (
                "Give your final answer to the user's query by calling the "
                f"{FORMAT_TOOL_NAME} tool, and in no other way."
            )
        if self.mode == "json":
            return (
                "Reply with one valid JSON object and nothing else. It has to match this schema:\n"
                + json.dumps(self.schema, indent=2)
            )
        return None

    def create_tool_schema(self) -> ToolSchema[Callable[..., None]]:
        """Return the hidden tool that carries the answer in the mode ``tool``."""
        return create_format_tool(self.name, self.description, self.schema)


FormatSpec: TypeAlias = TypeSpec[FormattableT] | Format[FormattableT] | OutputParser[FormattableT]
"""What every ``format=`` parameter accepts."""


def format(
    formattable: TypeSpec[FormattableT] | OutputParser[FormattableT] | _NoneT,
    *,
    mode: FormattingMode,
) -> Format[FormattableT] | _NoneT:
    """Describe the answer that is wanted.

    Args:
        formattable: A pydantic model, a dataclass, a TypedDict, a primitive or anything made of
            those (``list[Book]``, ``Literal["a", "b"]``, an enum, ``Book | None``), or an output
            parser. None, or ``NoneType``, stands for no format.
        mode: How to ask for it; only ``parser`` fits an output parser.

    Returns:
        The format; None when `formattable` is None. Its schema is the caller's own copy.

    Raises:
        ValueError: There is no such mode, or it does not fit an output parser.
        TypeError: No schema can be made of `formattable`.
    """
    if formattable is None or formattable is NoneType:
        return cast("_NoneT", None)  # a checker cannot tell that this was what was given
    if mode not in get_args(FormattingMode):
        known = ", ".join(get_args(FormattingMode))
        raise ValueError(f"mode has to be one of {known}, not {mode!r}.")
    if isinstance(formattable, OutputParser):
        if mode != "parser":
            raise ValueError(f"mode must be 'parser' for OutputParser, got '{mode}'")
        return Format(
            name=formattable.__name__,
            description=formattable.__doc__,
            schema={},
            mode=mode,
            formattable=formattable,  # pyright: ignore[reportUnknownArgumentType]  # a form may be one
        )
    from mirascope.llm.formatting.schemas import describe  # pydantic: only when a format is used

    name, description, schema = describe(formattable)
    return Format(
        name=name, description=description, schema=schema, mode=mode, formattable=formattable
    )


def resolve_format(
    spec: FormatSpec[FormattableT] | None, default_mode: FormattingMode
) -> Format[FormattableT] | None:
    """Return the format that `spec` stands for.

    Args:
        spec: A `Format` is returned as it is.
        default_mode: Used for anything else but output parsers, which have their own.
    """
    if spec is None:
        return None
    if isinstance(spec, Format):
        return spec  # pyright: ignore[reportUnknownVariableType]  # as in `format`
    return format(spec, mode="parser" if isinstance(spec, OutputParser) else default_mode)
