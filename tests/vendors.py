"""The tables of docs/providers.md, from the catalog: ``python -m tests.vendors [--write]``."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path

from mirascope.llm.providers.capabilities import EFFORTS, Capabilities, Fact
from mirascope.llm.providers.catalog import ROWS
from mirascope.llm.providers.compatible import COMPATIBLE_VENDORS, OPEN_WEIGHTS

__all__ = ["PAGE", "TABLES", "with_tables"]

PAGE = Path(__file__).parents[1] / "docs/providers.md"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _code(words: Sequence[str]) -> str:
    return " or ".join(f"`{word}`" for word in words)


def _other_than_a_key(id: str) -> str:
    """Return what is needed where no key is."""
    return "none needed" if ROWS[id].locate is None else "an account of the cloud"


def vendors() -> str:
    """Return who there is."""
    rows: list[list[str]] = []
    for row in ROWS.values():
        if ":" in row.id and f"{row.id}/" not in row.scopes:  # a mode without a scope of its own
            continue
        keys = _code(row.key_env)
        rows.append(
            [
                _code(row.scopes),
                row.name,
                keys if row.key_required else f"{_other_than_a_key(row.id)}; {keys}",
                _code((*row.base_url_env, *row.host_env)),
                f"`{row.example}`",
            ]
        )
    return _table(("prefix", "vendor", "key", "address", "such as"), rows)


def _said(can: Capabilities) -> str:
    """Return what a fact says, in words."""
    yes: list[str] = []
    no: list[str] = []
    for field in fields(Capabilities):
        value = getattr(can, field.name)
        words = field.name.replace("_", " ")
        if field.name == "efforts":
            if value != EFFORTS:
                (yes if value else no).append(f"efforts {', '.join(value)}".strip())
        elif value is not None:
            (yes if value else no).append(words)
    return "; ".join(", ".join(w) for w in (yes, [f"no {word}" for word in no]) if w)


def _fact(who: str, fact: Fact) -> list[str]:
    models = f"`{fact.models}`" if fact.models else "all"
    if fact.unless:
        models += f" but not `{fact.unless}`"
    models = models.replace("|", "\\|")
    source = re.sub(r"(?:https://)?([\w-]+(?:\.[\w-]+)+/\S*[\w/])", r"<https://\1>", fact.source)
    return [who, models, _said(fact.can), fact.date, source]


def facts() -> str:
    """Return what is known of models, and who says so."""
    rows = [_fact("whoever hosts them", fact) for fact in OPEN_WEIGHTS]
    for vendor in COMPATIBLE_VENDORS:
        rows += [_fact(vendor.name, fact) for fact in vendor.knows if fact not in OPEN_WEIGHTS]
    return _table(("vendor", "models", "what", "as of", "source"), rows)


TABLES = {"vendors": vendors, "facts": facts}


def with_tables(page: str) -> str:
    """Return the page with the tables as they should be.

    Raises:
        ValueError: A mark is missing.
    """
    for name, table in TABLES.items():
        begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
        before, found, rest = page.partition(begin)
        _, ended, after = rest.partition(end)
        if not found or not ended:
            raise ValueError(f"The page has no place for {name}.")
        page = f"{before}{begin}\n{table()}\n{end}{after}"
    return page


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        PAGE.write_text(with_tables(PAGE.read_text("utf-8")), "utf-8")
    else:
        sys.stdout.write("\n".join(table() for table in TABLES.values()))
