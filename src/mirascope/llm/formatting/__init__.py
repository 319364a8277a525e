"""Formats: answers as objects instead of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mirascope.llm.content.tool_call import FORMAT_TOOL_NAME
from mirascope.llm.formatting.formats import Format, FormatSpec, format, resolve_format
from mirascope.llm.formatting.output_parsers import OutputParser, is_output_parser, output_parser
from mirascope.llm.formatting.partial import Partial
from mirascope.llm.formatting.primitives import create_wrapper_model, is_primitive_type
from mirascope.llm.formatting.types import (
    FormattableT,
    FormattingMode,
    FromCallArgs,
    PrimitiveType,
)

if TYPE_CHECKING:
    from mirascope.llm.formatting.wrapper_model import PrimitiveWrapperModel

__all__ = [
    "FORMAT_TOOL_NAME",
    "Format",
    "FormatSpec",
    "FormattableT",
    "FormattingMode",
    "FromCallArgs",
    "OutputParser",
    "Partial",
    "PrimitiveType",
    "PrimitiveWrapperModel",
    "create_wrapper_model",
    "format",
    "is_output_parser",
    "is_primitive_type",
    "output_parser",
    "resolve_format",
]


def __getattr__(name: str) -> object:
    if name == "PrimitiveWrapperModel":  # a pydantic model: late, for pydantic is slow to import
        from mirascope.llm.formatting.wrapper_model import PrimitiveWrapperModel

        return PrimitiveWrapperModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
