"""Prompt templates: split into roles first, filled in afterwards.

Values are put in after the text has been split, so no value can create a role or a message.
"""

from __future__ import annotations

import re
import string
import textwrap
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from .media import audio_part, document_part, image_part
from .message_param import BaseMessageParam, CacheControlPart, ContentPart, TextPart
from .narrowing import is_collection, is_list

__all__ = ["Section", "clean", "parse_template", "render_template", "render_text"]

# A keyword counts at the start of a line only: "A SUPERUSER: x" is text.
_ROLE = re.compile(r"^[ \t]*(SYSTEM|USER|ASSISTANT|MESSAGES):", re.MULTILINE)
_INVISIBLE = re.compile("[\r\u200b\u200c\u200d\u2060\ufeff\u3000]")
_SPEC = re.compile(
    r"(lists?|texts?|images?|audios?|documents?|parts?|cache_control)(?:\((.*)\))?", re.DOTALL
)
_FORMATTER = string.Formatter()


class Section(NamedTuple):
    """One role of a template, with its text as written."""

    role: str
    text: str


def clean(template: str) -> str:
    """Take a template out of the indentation of the code around it; tabs inside it stay."""
    first, _, rest = template.partition("\n")
    return (first.lstrip() + "\n" + textwrap.dedent(rest)).strip()


def parse_template(template: str) -> list[Section]:
    """Split a template at its role keywords; text before the first one is a user's."""
    text = clean(template)
    matches = list(_ROLE.finditer(text))
    starts = [("user", 0, matches[0].start() if matches else len(text))]
    for match, following in zip_longest(matches, matches[1:]):
        end = following.start() if following else len(text)
        starts.append((match[1].lower(), match.end(), end))
    sections = [Section(role, _tidy(text[start:end])) for role, start, end in starts]
    return [section for section in sections if section.text]


def _tidy(text: str) -> str:
    lines = _INVISIBLE.sub("", text).strip().split("\n")
    return "\n".join(line.strip(" \t") for line in lines)


def render_template(
    sections: Sequence[Section], values: Mapping[str, Any]
) -> list[BaseMessageParam]:
    """Fill a template in.

    Raises:
        KeyError: If a variable has no value.
        ValueError: If a value does not fit its format, or `MESSAGES:` has no list.
    """
    messages: list[Any] = []
    for role, text in sections:
        if role == "messages":
            messages.extend(_spliced(text, values))
            continue
        content = _content(text, values)
        if content:
            messages.append(BaseMessageParam(role=role, content=content))
    return messages


def render_text(template: str, values: Mapping[str, Any]) -> str:
    """Fill a template in as one text; media are left out, and not looked at."""
    pieces = _parts(clean(template), values, texts_only=True)
    return "".join(piece.part.text for piece in pieces if isinstance(piece.part, TextPart))


def _spliced(text: str, values: Mapping[str, Any]) -> list[Any]:
    pieces = list(_FORMATTER.parse(text))
    names = [field for _, field, _, _ in pieces if field is not None]
    if len(names) != 1 or any(literal.strip() for literal, _, _, _ in pieces):
        raise ValueError(
            f"`MESSAGES:` must be followed by exactly one {{variable}}, not by {text!r}."
        )
    value = _value(names[0], values)
    if is_list(value):
        return value
    raise ValueError(f"`MESSAGES: {{{names[0]}}}` needs a list, got {type(value).__name__}.")


class _Piece(NamedTuple):
    """A part, and whether it is a value of the user's, which stays as it is."""

    part: ContentPart
    given: bool


def _content(text: str, values: Mapping[str, Any]) -> str | list[ContentPart]:
    pieces = _parts(text, values)
    if len(pieces) == 1 and isinstance(pieces[0].part, TextPart):
        return pieces[0].part.text if pieces[0].part.text.strip() else ""
    kept = [part for part in map(_stripped, pieces) if part is not None]
    if len(kept) == 1 and isinstance(kept[0], TextPart):
        return kept[0].text
    return kept


def _stripped(piece: _Piece) -> ContentPart | None:
    """Trim the text around media; a text of white space alone says nothing."""
    if piece.given or not isinstance(piece.part, TextPart):
        return piece.part
    text = piece.part.text.strip()
    return TextPart(type="text", text=text) if text else None


def _parts(text: str, values: Mapping[str, Any], *, texts_only: bool = False) -> list[_Piece]:
    pieces: list[_Piece] = []
    pending: list[str] = []

    def flush() -> None:
        if any(pending):
            pieces.append(_Piece(TextPart(type="text", text="".join(pending)), False))
        pending.clear()

    for literal, field, spec, conversion in _FORMATTER.parse(text):
        pending.append(literal)
        if field is None:
            continue
        special = _SPEC.fullmatch(spec or "")
        if special is None:
            pending.append(_formatted(field, spec or "", conversion, values))
        elif special[1] in ("list", "lists"):
            pending.append(_joined(field, special[1], _value(field, values)))
        elif not texts_only or special[1].startswith(("text", "part")):
            flush()
            made = _special(field, special[1], _options(special[2]), values)
            pieces.extend(_Piece(part, True) for part in made)
    flush()
    return pieces


def _value(field: str, values: Mapping[str, Any]) -> Any:
    try:
        return _FORMATTER.get_field(field, (), values)[0]
    except IndexError as error:
        # `{0}` is a position to Python, and there are only names here.
        if re.match(r"\d+", field):
            raise KeyError(field) from error
        raise


def _formatted(field: str, spec: str, conversion: str | None, values: Mapping[str, Any]) -> str:
    value = _value(field, values)
    if value is None:
        return ""
    if conversion:
        value = _FORMATTER.convert_field(value, conversion)
    return format(value, spec.format_map(values) if "{" in spec else spec)


def _joined(field: str, kind: str, value: Any) -> str:
    if not value:
        return ""
    if not is_list(value):
        raise ValueError(f"{{{field}:{kind}}} needs a list, got {type(value).__name__}.")
    items: list[Any] = value
    if kind == "list":
        return "\n".join(map(str, items))
    lists = [item for item in items if is_collection(item)]
    if len(lists) != len(items):
        raise ValueError(f"{{{field}:lists}} needs a list of lists.")
    return "\n\n".join("\n".join(map(str, item)) for item in lists)


def _options(text: str | None) -> dict[str, str]:
    pairs = (item.split("=", 1) for item in (text or "").split(",") if "=" in item)
    return {key.strip(): value.strip() for key, value in pairs}


def _special(
    field: str, kind: str, options: Mapping[str, str], values: Mapping[str, Any]
) -> list[ContentPart]:
    if kind == "cache_control":
        return [CacheControlPart(type="cache_control", cache_type=options.get("type", "ephemeral"))]
    value = _value(field, values)
    if not value:
        return []
    if not kind.endswith("s"):
        return [_part(kind, value, options)]
    if is_list(value):
        return [_part(kind[:-1], item, options) for item in value]
    raise ValueError(f"{{{field}:{kind}}} needs a list, got {type(value).__name__}.")


def _text_part(value: Any) -> TextPart:
    if isinstance(value, TextPart):
        return value
    if not isinstance(value, str):
        raise ValueError(f"A text must be a string, got {type(value).__name__}.")
    return TextPart(type="text", text=value)


def _any_part(value: Any) -> ContentPart:
    if not isinstance(value, ContentPart):
        raise ValueError(f"Not a content part: {type(value).__name__}.")
    return value


_MAKERS: dict[str, Callable[[Any], ContentPart]] = {
    "text": _text_part,
    "audio": audio_part,
    "document": document_part,
    "part": _any_part,
}


def _part(kind: str, value: Any, options: Mapping[str, str]) -> ContentPart:
    if kind == "image":
        return image_part(value, options.get("detail"))
    return _MAKERS[kind](value)
