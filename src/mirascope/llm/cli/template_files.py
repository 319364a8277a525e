"""Templates: questions that are asked again and again, each a file of TOML."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from mirascope.llm.cli.exits import UsageError
from mirascope.llm.cli.places import config_folder
from mirascope.llm.cli.toml_text import toml_text, write_private

__all__ = [
    "Template",
    "load_template",
    "parse_template",
    "save_template",
    "template_names",
    "template_path",
]

_NAME = re.compile(r"[\w][\w.-]*")
_TEXTS = ("prompt", "system", "model", "schema")
_TABLES = ("options", "defaults")


@dataclass(kw_only=True)
class Template:
    """What a template says of a question; what it does not say is None or empty."""

    prompt: str | None = None
    """With ``$input`` for the question, and ``$name`` for parameters; ``$$`` is a dollar sign."""
    system: str | None = None
    """As `prompt`, without ``$input``."""
    model: str | None = None
    schema: str | None = None
    options: dict[str, str] = field(default_factory=dict[str, str])
    """As ``--option`` has them."""
    defaults: dict[str, str] = field(default_factory=dict[str, str])
    """What is filled in for parameters; those of the file need not be given."""

    @property
    def wants_input(self) -> bool:
        """Whether there has to be a question besides."""
        return self.prompt is None or "input" in string.Template(self.prompt).get_identifiers()

    def asking(self, question: str) -> str:
        """Return what to ask for a question.

        Raises:
            UsageError: A parameter is missing, or a dollar sign stands where none can.
        """
        return _fill(self.prompt, {**self.defaults, "input": question}) if self.prompt else question

    def instructions(self) -> str | None:
        """Return the instructions, filled in.

        Raises:
            UsageError: As `asking` does.
        """
        return _fill(self.system, self.defaults) if self.system else None


def _fill(text: str, known: Mapping[str, str]) -> str:
    try:
        return string.Template(text).substitute(known)
    except KeyError as error:
        raise UsageError(f"the template wants -p {error.args[0]} VALUE") from error
    except ValueError as error:
        raise UsageError(f"the template has a $ that is none ($$ is one): {error}") from error


def template_path(name: str) -> Path:
    """Return where a template is; the file need not exist.

    Raises:
        UsageError: Nothing can be called so.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name} is no name: letters, digits, ., - and _ are")
    return config_folder() / "templates" / f"{name}.toml"


def template_names() -> list[str]:
    """Return the names of all templates, sorted."""
    return sorted(path.stem for path in (config_folder() / "templates").glob("[!.]*.toml"))


def load_template(name: str) -> Template:
    """Return a template.

    Raises:
        UsageError: There is none, or it cannot be understood.
    """
    path = template_path(name)
    try:
        return parse_template(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        names = ", ".join(template_names()) or "none"
        raise UsageError(f"there is no template {name}; there are: {names}") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {error}") from error


def parse_template(text: str) -> Template:
    """Return the template that a file holds.

    Raises:
        ValueError: It holds none.
    """
    table = tomllib.loads(text)
    if unknown := sorted(table.keys() - {*_TEXTS, *_TABLES}):
        raise ValueError(f"{unknown[0]} is not known; there are {', '.join([*_TEXTS, *_TABLES])}")
    for name in _TEXTS:
        if not isinstance(table.get(name, ""), str):
            raise ValueError(f"{name} is to be a text")
    for name in _TABLES:
        if not isinstance(table.get(name, {}), dict):
            raise ValueError(f"{name} is to be a table")
        values = cast("dict[str, Any]", table.get(name, {}))
        table[name] = {key: str(value) for key, value in values.items()}
    return Template(**table)


def save_template(name: str, template: Template) -> None:
    """Write a template.

    Raises:
        UsageError: It cannot be written.
    """
    table = {key: value for key, value in vars(template).items() if value}
    path = template_path(name)
    try:
        write_private(path, toml_text(table))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
