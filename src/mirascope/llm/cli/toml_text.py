"""Writing TOML, which Python reads but does not write."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

__all__ = ["toml_text", "write_private"]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def toml_text(table: Mapping[str, object]) -> str:
    """Return a table of texts, booleans, and tables of texts, as TOML.

    Texts of several lines are written as such, to be edited.
    """
    plain = [(key, one) for key, one in table.items() if not isinstance(one, Mapping)]
    lines = [f"{_key(key)} = {_value(one)}\n" for key, one in plain]
    for name, one in table.items():
        if isinstance(one, Mapping):
            lines.append(f"\n[{_key(name)}]\n")
            lines += [f"{_key(str(key))} = {_value(item)}\n" for key, item in one.items()]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] keys are texts
    return "".join(lines).lstrip("\n")


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _line(key)


def _value(value: object) -> str:
    if isinstance(value, str):
        return _lines(value) if "\n" in value else _line(value)
    return json.dumps(value)


def _line(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _lines(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"""', '""\\"')
    if text.endswith('"'):
        text = text[:-1] + '\\"'
    text = _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return f'"""\n{text}"""'


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read; who reads it meanwhile sees the old one.

    Raises:
        OSError: It cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # for the owner alone
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
