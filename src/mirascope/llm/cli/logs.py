"""``mirascope logs``: what was asked and answered."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime

from mirascope.llm.cli.exits import Exit, UsageError, one_line
from mirascope.llm.cli.log_book import Entry, LogError, log_path, read_entries
from mirascope.llm.cli.record import tokens_told
from mirascope.llm.cli.settings import load_settings, save_settings
from mirascope.llm.cli.tables import columns, folded, printable
from mirascope.llm.cli.terminal import Terminal

__all__ = ["run"]


def run(options: argparse.Namespace) -> Exit:
    """Show what is logged, or switch it on or off; return how it went."""
    terminal = Terminal()
    try:
        return _run(options, terminal)
    except UsageError as error:
        return terminal.failure(error)
    except LogError as error:
        terminal.error(one_line(str(error)))
        return Exit.FAILED


def _run(options: argparse.Namespace, terminal: Terminal) -> Exit:
    match options.action:
        case "path":
            terminal.text(f"{log_path()}\n")
        case "on" | "off":
            settings = load_settings()
            settings.logs = options.action == "on"
            save_settings(settings)
            terminal.note(f"Answers are {'' if settings.logging else 'not '}logged.")
        case "show":
            return _show(options, terminal)
        case _:
            entries = read_entries(
                conversation=options.conversation,
                model=options.model,
                words=options.words,
                most=options.count or None,
            )
            if options.json:
                terminal.value([_known(entry) for entry in entries])
            else:
                _list(entries, terminal)
    return Exit.OK


def _list(entries: Sequence[Entry], terminal: Terminal) -> None:
    if not entries:
        terminal.note("Nothing of the kind is logged.")
    for entry in entries:
        record = entry.record
        state = "" if record["state"] == "complete" else f"({record['state']}) "
        said = one_line(f"{state}{record['question']}")
        line = f"{entry.id:>4}  {_when(record['started'])}  {printable(record['model'])}  {said}"
        terminal.text(f"{_cut(line, columns())}\n")


def _show(options: argparse.Namespace, terminal: Terminal) -> Exit:
    entries = read_entries(id=options.id, most=1)
    if not entries:
        terminal.error(f"nothing is logged{f' as {options.id}' if options.id is not None else ''}")
        return Exit.FAILED
    entry = entries[0]
    record = entry.record
    if options.json:
        terminal.value(_known(entry))
        return Exit.OK
    if not options.answer:
        told = [printable(record["model"]), *tokens_told(record["usage"])]
        told += [f"{record['seconds']:.1f} s", record["state"]]
        terminal.note(
            f"{entry.id} · {_when(record['started'])} · conversation {entry.conversation}"
        )
        terminal.note(folded(told, " · "))
        terminal.text("".join(f"> {line}\n" for line in record["question"].splitlines()) + "\n")
        for run in record["tool_runs"]:
            terminal.note(one_line(f"→ {run['name']} {run['args']}"))
            terminal.note(one_line(f"← {run['result']}"))
    terminal.text(record["text"])
    terminal.end_line()
    if record["error"]:
        terminal.note(record["error"])
    return Exit.OK


def _known(entry: Entry) -> dict[str, object]:
    return {"id": entry.id, "conversation": entry.conversation, **entry.record}


def _when(started: str) -> str:
    return f"{datetime.fromisoformat(started).astimezone():%Y-%m-%d %H:%M}"


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"
