"""The JSON form of messages and their parts: each dataclass by its fields, each field by its type.

The annotations say it all, so a new class or field needs nothing here. pydantic reads the same
annotations: what it writes is read here and the other way round.
"""

from __future__ import annotations

import dataclasses
import functools
import operator
import types
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from mirascope.llm.types.jsonable import NotJsonableError, strictly_plain

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

__all__ = [
    "LATER",
    "ByTag",
    "Form",
    "JsonForm",
    "dump",
    "expected",
    "load",
    "malformed",
    "read_record",
]

LATER: Mapping[str, object] = {"later": True, "exclude_if": operator.not_}
"""Metadata of a field that a class did not have at first: it is left out while it has its default,
so that what does not use it is saved as it was before; by pydantic, too, which reads the second."""


_LONGEST_TAG = 40
"""Characters of an unknown tag that a message shows: a tag is a word of ours, not content."""


class Form(ABC):
    """How one kind of value is written and read; in an annotation, that of the annotated type."""

    @abstractmethod
    def dump(self, value: object, at: str) -> object:
        """Return `value` as plain JSON; `at` is where it is, for messages."""

    @abstractmethod
    def load(self, value: object, at: str) -> object:
        """Return what plain JSON stands for."""


@dataclass(frozen=True)
class ByTag:
    """In an annotation: the field that tells the members of a union apart."""

    field: str

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Let pydantic tell them apart by it too."""
        from pydantic import Field  # when pydantic asks, it has been imported

        return handler.generate_schema(Annotated[source, Field(discriminator=self.field)])


class JsonForm(Form):
    """Any JSON, as it is; what is no JSON is written as `strictly_plain` says."""

    def dump(self, value: object, at: str) -> object:
        """Return `value` as plain JSON."""
        try:
            return strictly_plain(value, whole=True)
        except NotJsonableError as error:
            raise malformed(at, f"it holds {error}") from None

    def load(self, value: object, at: str) -> object:
        """Return `value`."""
        return value

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Take anything, and write it as `strictly_plain` says."""
        from pydantic_core import core_schema

        anything = core_schema.any_schema()
        return core_schema.any_schema(
            serialization=core_schema.plain_serializer_function_ser_schema(
                strictly_plain, return_schema=anything
            )
        )


def dump(hint: object, value: object, at: str = "") -> object:
    """Return a message or a part as plain JSON.

    Args:
        hint: What it is: a dataclass of ours, or a union of them such as `ContentPart`.
        value: The message or part.
        at: Where it is, for messages: ``messages[3]``.

    Raises:
        ValueError: A field does not hold what it is declared to.
        RecursionError: The JSON in it is nested too deeply, or holds itself.
    """
    return _form(hint).dump(value, at)


def load(hint: object, value: object, at: str = "") -> Any:
    """Return the message or part that plain JSON stands for.

    Fields that are not known are ignored, for a later version may have them.

    Args:
        hint: What it is: a dataclass of ours, or a union of them such as `ContentPart`.
        value: What `dump` gave.
        at: Where it is, for messages: ``messages[3]``.

    Raises:
        ValueError: It is not what `dump` gives; says where, and never what the content was.
    """
    return _form(hint).load(value, at)


def malformed(at: str, problem: str) -> ValueError:
    """Return the error that names a place and what is wrong there."""
    return ValueError(f"{at}: {problem}" if at else problem)


def expected(what: str, value: object, at: str) -> ValueError:
    """Return the error for a value of another type."""
    return malformed(at, f"expected {what}, got {'null' if value is None else _name(value)}")


def read_record(value: object, at: str) -> Mapping[str, object]:
    """Return a JSON object.

    Raises:
        ValueError: It is something else.
    """
    if not isinstance(value, dict):
        raise expected("an object", value, at)
    return cast("Mapping[str, object]", value)


def _name(value: object) -> str:
    return type(value).__name__


class _String(Form):
    def dump(self, value: object, at: str) -> object:
        return str.__str__(self.load(value, at))  # without the class of an enum's member

    def load(self, value: object, at: str) -> str:
        if not isinstance(value, str):
            raise expected("a string", value, at)
        return value


class _Integer(Form):
    def dump(self, value: object, at: str) -> object:
        return self.load(value, at)

    def load(self, value: object, at: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise expected("an integer", value, at)
        return value


class _Choice(_String):
    """One of a few words."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words

    def load(self, value: object, at: str) -> str:
        if super().load(value, at) not in self.words:
            known = " or ".join(repr(word) for word in self.words)
            raise malformed(at, f"expected {known}, got another string")
        return cast("str", value)


class _Optional(Form):
    def __init__(self, form: Form) -> None:
        self._form = form

    def dump(self, value: object, at: str) -> object:
        return None if value is None else self._form.dump(value, at)

    def load(self, value: object, at: str) -> object:
        return None if value is None else self._form.load(value, at)


class _List(Form):
    def __init__(self, form: Form) -> None:
        self._form = form

    def dump(self, value: object, at: str) -> object:
        if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
            raise expected("a list", value, at)
        items = cast("Sequence[object]", value)
        return [self._form.dump(item, f"{at}[{n}]") for n, item in enumerate(items)]

    def load(self, value: object, at: str) -> object:
        if not isinstance(value, list):
            raise expected("a list", value, at)
        items = cast("list[object]", value)
        return [self._form.load(item, f"{at}[{n}]") for n, item in enumerate(items)]


class _Record(Form):
    """A dataclass."""

    def __init__(self, cls: type[Any]) -> None:
        self.cls = cls
        hints = get_type_hints(cls, include_extras=True)
        self.fields = {f.name: _form(hints[f.name]) for f in dataclasses.fields(cls)}
        self._later = {f.name for f in dataclasses.fields(cls) if f.metadata.get("later")}
        self._required = {
            f.name
            for f in dataclasses.fields(cls)
            if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
        }

    def dump(self, value: object, at: str) -> object:
        if not isinstance(value, self.cls):
            raise expected(self.cls.__name__, value, at)
        return {
            name: form.dump(getattr(value, name), f"{at}.{name}" if at else name)
            for name, form in self.fields.items()
            if name not in self._later or getattr(value, name)
        }

    def load(self, value: object, at: str) -> object:
        record = read_record(value, at)
        values: dict[str, object] = {}
        for name, form in self.fields.items():
            inner = f"{at}.{name}" if at else name
            if name in record:
                values[name] = form.load(record[name], inner)
            elif name in self._required:
                raise malformed(inner, "missing")
        try:
            return self.cls(**values)
        except ValueError as error:  # the fields are sound, but not together
            raise malformed(at, str(error)) from None


class _Tagged(Form):
    """One of several dataclasses, told apart by a field."""

    def __init__(self, tag: str, records: Sequence[_Record]) -> None:
        self._tag = tag
        self._records = records
        self._by_word = {
            word: record for record in records for word in cast("_Choice", record.fields[tag]).words
        }

    def dump(self, value: object, at: str) -> object:
        for record in self._records:
            if isinstance(value, record.cls):
                return record.dump(value, at)
        raise expected(" or ".join(record.cls.__name__ for record in self._records), value, at)

    def load(self, value: object, at: str) -> object:
        record = read_record(value, at)
        inner = f"{at}.{self._tag}" if at else self._tag
        if self._tag not in record:
            raise malformed(inner, "missing")
        word = _STRING.load(record[self._tag], inner)
        if word not in self._by_word:
            shown = f" {word!r}" if word.isidentifier() and len(word) <= _LONGEST_TAG else ""
            known = ", ".join(self._by_word)
            raise malformed(inner, f"unknown {self._tag}{shown} (known: {known})")
        return self._by_word[word].load(record, at)


_STRING = _String()


def _tagged(tag: str, members: Sequence[Any]) -> _Tagged:
    return _Tagged(tag, [_Record(get_origin(member) or member) for member in members])


@functools.cache
def _form(hint: Any) -> Form:
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        for note in args[1:]:
            if isinstance(note, Form):
                return note
            if isinstance(note, ByTag):
                return _tagged(note.field, get_args(args[0]))
        return _form(args[0])
    if hint is str:
        return _STRING
    if hint is int:
        return _Integer()
    if origin is Literal:
        return _Choice(args)
    if origin in (Union, types.UnionType):
        members = [member for member in args if member is not types.NoneType]
        return _Optional(_form(members[0])) if len(members) == 1 else _tagged("type", members)
    if origin in (Sequence, list):
        return _List(_form(args[0]))
    return _Record(origin or hint)
