"""``mirascope doctor``: what is set and installed, and whether a model answers."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import sys
from importlib.util import find_spec

from mirascope._version import __version__
from mirascope.llm.cli.exits import Exit, UsageError, one_line
from mirascope.llm.cli.log_book import log_path
from mirascope.llm.cli.settings import load_settings, settings_path
from mirascope.llm.cli.tables import folded, show_table
from mirascope.llm.cli.terminal import Terminal
from mirascope.llm.exceptions import MissingAPIKeyError
from mirascope.llm.models import Model, known
from mirascope.llm.types.shown import address_shown

__all__ = ["run"]

_EXTRAS = {
    "cli": ("rich", "prompt_toolkit"),
    "server": ("starlette", "uvicorn"),
    "mcp": ("mcp",),
    "otel": ("opentelemetry",),
    "prices": ("genai_prices",),
    "bedrock": ("botocore",),
    "vertex": ("google.auth",),
    "limits": ("limits",),
}
"""What the extras of `llm` install, by the names that are imported."""

_PACKAGES = ("aiohttp", "msgspec", "pydantic", "urllib3")


def run(options: argparse.Namespace) -> Exit:
    """Show how things are, and return whether they are well."""
    terminal = Terminal()
    code = _show(terminal)
    if options.ask is None:
        return code
    return _try(options.ask, terminal) or code


def _show(terminal: Terminal) -> Exit:
    code = Exit.OK
    versions = ", ".join(f"{name} {_version(name)}" for name in _PACKAGES)
    terminal.text(f"mirascope {__version__}, Python {platform.python_version()}, {sys.platform}\n")
    terminal.text(f"{versions}\n")
    extras = [f"{name} {'yes' if _is_there(name) else 'no'}" for name in _EXTRAS]
    terminal.text(folded([f"extras: {extras[0]}", *extras[1:]], ", ") + "\n")
    try:
        settings = load_settings()
        terminal.text(f"model: {settings.chosen_model(None)}\n")
        terminal.text(f"log: {log_path() if settings.logging else 'off'}\n")
    except UsageError as error:
        code = terminal.failure(error)
    terminal.text(f"settings: {settings_path()}\n\n")
    rows = [("VENDOR", "KEY", "ADDRESS")]
    for one in known():
        moved = [name for name in one.base_url_env if os.environ.get(name)]
        if one.has_key or moved:
            address = one_line(address_shown(os.environ[moved[0]])) if moved else one.base_url
            rows.append((one.id, "set" if one.has_key else "not set", f"{address or ''}"))
    show_table(terminal, rows)
    if len(rows) == 1:
        terminal.note("No key is set; `mirascope models` lists the variables.")
    return code


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


def _is_there(extra: str) -> bool:
    try:
        return all(find_spec(module) is not None for module in _EXTRAS[extra])
    except ModuleNotFoundError:  # the package that such a module would be in
        return False


def _try(name: str, terminal: Terminal) -> Exit:
    try:
        model_id = load_settings().model_id(name)
        response = Model(model_id, timeout=60).call("Answer with the word yes.")
    except Exception as error:
        return terminal.failure(error, MissingAPIKeyError, ValueError)
    terminal.text(one_line(f"{model_id} answers: {response.text()[:60]}") + "\n")
    return Exit.OK
