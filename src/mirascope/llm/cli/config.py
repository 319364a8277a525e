"""``mirascope config``: the user's settings."""

from __future__ import annotations

import argparse

from mirascope.llm.cli.exits import Exit, UsageError
from mirascope.llm.cli.settings import KEYS, load_settings, save_settings, settings_path
from mirascope.llm.cli.terminal import Terminal

__all__ = ["run"]

_ALIAS = "aliases."
_SWITCH = {"on": True, "true": True, "off": False, "false": False}


def run(options: argparse.Namespace) -> Exit:
    """Show or change settings, and return how it went."""
    terminal = Terminal()
    try:
        match options.action:
            case "path":
                terminal.text(f"{settings_path()}\n")
            case "get":
                terminal.text(f"{_values()[_known(options.key)]}\n")
            case "set":
                _set(options.key, options.value)
            case "unset":
                _set(options.key, None)
            case _:
                for key, value in _values().items():
                    terminal.text(f"{key} = {value}\n")
    except UsageError as error:
        return terminal.failure(error)
    except KeyError:
        return Exit.FAILED  # as git does for what is not set
    return Exit.OK


def _values() -> dict[str, str]:
    settings = load_settings()
    model = {"model": settings.model} if settings.model else {}
    aliases = {f"{_ALIAS}{name}": one for name, one in sorted(settings.aliases.items())}
    return {**model, "logs": "on" if settings.logs else "off", **aliases}


def _known(key: str) -> str:
    if key in ("model", "logs") or (key.startswith(_ALIAS) and key != _ALIAS):
        return key
    raise UsageError(f"{key} is not known; there are {', '.join(KEYS)}")


def _set(key: str, value: str | None) -> None:
    settings = load_settings()
    if _known(key) == "model":
        settings.model = value
    elif key == "logs":
        if value is not None and value.lower() not in _SWITCH:
            raise UsageError(f"logs is on or off, not {value}")
        settings.logs = value is None or _SWITCH[value.lower()]
    elif value is None:
        settings.aliases.pop(key.removeprefix(_ALIAS), None)
    else:
        settings.aliases[key.removeprefix(_ALIAS)] = value
    # What an alias ends at, or the model, is to be one that can be asked.
    if key != "logs" and value is not None and "/" not in settings.model_id(value):
        raise UsageError(f"{value} is no model's id, such as openai/gpt-5-mini, and no alias")
    save_settings(settings)
