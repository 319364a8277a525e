"""From an answer's text to a value of its format: complete, or what there is of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mirascope.llm.formatting.formats import Format
from mirascope.llm.formatting.json_text import bare_text, extract_serialized_json, objects
from mirascope.llm.formatting.output_parsers import OutputParser
from mirascope.llm.formatting.partial import Partial
from mirascope.llm.formatting.partial_reader import PartialReader
from mirascope.llm.formatting.types import AnyTypeForm, FormattableT, TypeSpec
from mirascope.llm.types import NoneType

if TYPE_CHECKING:
    from pydantic import ValidationError

__all__ = ["extract_serialized_json", "parse_full", "parse_partial_json"]


def parse_partial_json(
    json_text: str, formattable: TypeSpec[FormattableT]
) -> Partial[FormattableT] | None:
    """Return what can be read so far of an unfinished answer; None when that is nothing.

    Nothing is raised, whatever the text. For a text that grows, feed a `PartialReader` instead.
    """
    reader = PartialReader(
        Format(name="", description=None, schema={}, mode="json", formattable=formattable)
    )
    reader.feed(json_text)
    return reader.value


def parse_full(format: Format[FormattableT], text: str) -> FormattableT:
    """Return the value that a complete answer holds, among other things.

    The first JSON object that is valid and not empty decides. A type that is no object is expected
    in its wrapper, but may also come bare: as all there is to the text or to its fenced block, or
    as an object that does not fit the wrapper.

    Raises:
        json.JSONDecodeError: There is no JSON object.
        pydantic.ValidationError: What looked like one is malformed, or does not fit.
        TypeError: The format is an output parser, which reads the response itself.
    """
    type_: AnyTypeForm = format.formattable
    if isinstance(type_, OutputParser):
        raise TypeError("An output parser reads a response, not a text")
    value = None if type_ is None or type_ is NoneType else _read(type_, text)
    return cast("FormattableT", value)


def _read(type_: AnyTypeForm, text: str) -> object:
    # Late, because pydantic is slow to import.
    from pydantic import ValidationError

    from mirascope.llm.formatting.schemas import is_wrapped, read_bare, read_json

    bare = bare_text(text) if is_wrapped(type_) else ""
    if bare:
        try:
            return read_bare(type_, bare)
        except ValidationError:
            pass  # so it is prose
    empty: str | None = None
    malformed: ValidationError | None = None
    for candidate in objects(text):
        if not candidate[1:-1].strip():
            empty = candidate
            continue
        try:
            return read_json(type_, candidate)
        except ValidationError as error:
            if _is_malformed(error):
                malformed = malformed or error
                continue
            if is_wrapped(type_):
                try:
                    return read_bare(type_, candidate)
                except ValidationError:
                    pass  # the wrapper was asked for, so its error is the one to report
            raise
    if empty is not None:
        return read_json(type_, empty)
    if malformed is not None:
        raise malformed
    return read_json(type_, extract_serialized_json(text))


def _is_malformed(error: ValidationError) -> bool:
    return error.errors(include_url=False, include_context=False)[0]["type"] == "json_invalid"
