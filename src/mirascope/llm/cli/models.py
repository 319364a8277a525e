"""``mirascope models``: which vendors there are, and which models they have."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from mirascope.llm.cli.arguments import EVERYBODY
from mirascope.llm.cli.exits import Exit, OutputError
from mirascope.llm.cli.tables import printable, show_table
from mirascope.llm.cli.terminal import Terminal
from mirascope.llm.exceptions import FeatureNotSupportedError, MissingAPIKeyError
from mirascope.llm.models import KnownProvider, known, remote
from mirascope.llm.providers.capabilities import Capabilities

if TYPE_CHECKING:
    from mirascope.llm.providers.listing import RemoteModel

__all__ = ["run"]


def run(options: argparse.Namespace) -> Exit:
    """List, and return how it went."""
    terminal = Terminal()
    if options.remote is None:
        _show_vendors(terminal, options.json)
        return Exit.OK
    vendors = [options.remote]
    if options.remote == EVERYBODY:
        vendors = [one.id for one in known() if one.has_key and one.lists_models]
        if not vendors:
            terminal.error(
                "no key of a vendor is in the environment: `mirascope models` lists the variables; "
                "--remote VENDOR asks one that needs none"
            )
            return Exit.USAGE
    return _show_remote(terminal, vendors, options.json)


def _show_vendors(terminal: Terminal, as_json: bool) -> None:
    vendors = known()
    if as_json:
        terminal.value([_record(one) for one in vendors])
        return
    rows = [("PREFIX", "KEY", "VARIABLE", "VENDOR")]
    rows += [(one.scope, _key(one), " or ".join(one.key_env), one.name) for one in vendors]
    show_table(terminal, rows)
    keys = sum(one.has_key for one in vendors)
    terminal.note(f"{keys} of {len(vendors)} vendors have a key.")


def _key(vendor: KnownProvider) -> str:
    if vendor.has_key:
        return "set"
    return "missing" if vendor.key_required else "not needed"


def _record(vendor: KnownProvider) -> dict[str, object]:
    shown = ((one.name, getattr(vendor.capabilities, one.name)) for one in fields(Capabilities))
    unknown = Capabilities()
    can = {name: what for name, what in shown if what != getattr(unknown, name)}
    return {**asdict(vendor), "capabilities": can}


def _show_remote(terminal: Terminal, vendors: Sequence[str], as_json: bool) -> Exit:
    """Show the models of all that answer; a vendor that fails is told of, and makes the exit code.

    The first failure counts, for a script that asks one vendor.
    """
    outcome = Exit.OK
    models: list[RemoteModel] = []
    for vendor in vendors:
        try:
            models += remote(vendor)
        except OutputError:
            raise
        except Exception as error:
            code = terminal.failure(error, MissingAPIKeyError, FeatureNotSupportedError, ValueError)
            outcome = outcome or code
    if as_json:
        terminal.value(
            [{"id": printable(one.id), "context_tokens": one.context_tokens} for one in models]
        )
        return outcome
    rows = [(printable(one.id), str(one.context_tokens or "")) for one in models]
    if rows:
        show_table(terminal, [("MODEL", "CONTEXT"), *rows])
    if models or outcome is Exit.OK:
        terminal.note(f"{len(models)} models.")
    return outcome
