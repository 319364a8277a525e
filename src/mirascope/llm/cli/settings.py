"""The user's settings: a file of TOML with a default model, aliases, and whether to log."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from mirascope.llm.cli.defaults import model_of_key
from mirascope.llm.cli.exits import UsageError
from mirascope.llm.cli.places import config_folder
from mirascope.llm.cli.toml_text import toml_text, write_private

__all__ = ["KEYS", "Settings", "load_settings", "save_settings", "settings_path"]

KEYS = {
    "model": "the model to ask where none is named",
    "logs": "whether answers are logged: on, the default, or off",
    "aliases.NAME": "a model's id, or the name of another alias, for -m NAME",
}
"""What can be set, and what it is."""

_OFF = ("0", "false", "no", "off")


@dataclass(kw_only=True)
class Settings:
    """What the user wants of every command."""

    model: str | None = None
    logs: bool = True
    aliases: dict[str, str] = field(default_factory=dict[str, str])

    def model_id(self, name: str) -> str:
        """Return the id that `name` stands for, or `name` itself."""
        seen: set[str] = set()
        while name in self.aliases and name not in seen:
            seen.add(name)
            name = self.aliases[name]
        return name

    def chosen_model(self, named: str | None) -> str:
        """Return the id of the model to ask: of the one named, or of the first there is."""
        name = named or os.environ.get("MIRASCOPE_MODEL") or self.model
        return self.model_id(name) if name else model_of_key()

    @property
    def logging(self) -> bool:
        """Whether answers are logged; the environment may switch it off for a session."""
        return self.logs and os.environ.get("MIRASCOPE_LOGS", "").lower() not in _OFF


def settings_path() -> Path:
    """Return where the settings are; the file need not exist."""
    return config_folder() / "config.toml"


def load_settings() -> Settings:
    """Return the user's settings, those that are not set as they are by default.

    Raises:
        UsageError: The file is there, and cannot be understood.
    """
    path = settings_path()
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return Settings()
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    return _checked(table, path)


def save_settings(settings: Settings) -> None:
    """Write the user's settings; comments in the file are lost.

    Raises:
        UsageError: The file cannot be written.
    """
    table: dict[str, object] = {"logs": settings.logs}
    if settings.model is not None:
        table = {"model": settings.model, **table}
    if settings.aliases:
        table["aliases"] = settings.aliases
    try:
        write_private(settings_path(), toml_text(table))
    except OSError as error:
        raise UsageError(f"{settings_path()} cannot be written: {error.strerror}") from error


def _checked(table: Mapping[str, Any], path: Path) -> Settings:
    if unknown := sorted(table.keys() - {"model", "logs", "aliases"}):
        raise UsageError(f"{path}: {unknown[0]} is not known; there are {', '.join(KEYS)}")
    model, logs, aliases = table.get("model"), table.get("logs", True), table.get("aliases", {})
    if model is not None and not isinstance(model, str):
        raise UsageError(f"{path}: model is to be a text")
    if not isinstance(logs, bool):
        raise UsageError(f"{path}: logs is to be true or false")
    if not isinstance(aliases, dict) or not all(
        isinstance(one, str) for one in cast("dict[str, object]", aliases).values()
    ):
        raise UsageError(f"{path}: aliases are to be texts")
    return Settings(model=model, logs=logs, aliases=cast("dict[str, str]", aliases))
