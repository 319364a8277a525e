"""The log of questions and answers: a file of SQLite, which several processes may write."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mirascope.llm.cli.places import data_folder
from mirascope.llm.cli.record import Record

__all__ = [
    "Entry",
    "LogError",
    "add_entry",
    "forget_messages",
    "log_path",
    "read_entries",
    "read_messages",
]

_VERSION = 1
_PATIENCE = 5.0  # seconds to wait for another process that writes

_TABLE = """\
CREATE TABLE IF NOT EXISTS answers (
    id INTEGER PRIMARY KEY,
    conversation TEXT NOT NULL,
    model TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    record TEXT NOT NULL,   -- JSON, all that is known
    messages TEXT NOT NULL  -- JSON, what this answer added to the conversation
)"""
_INDEX = "CREATE INDEX IF NOT EXISTS answers_of_conversations ON answers (conversation)"


class LogError(Exception):
    """The log cannot be read or written; the message says why."""


@dataclass(kw_only=True)
class Entry:
    """A question and its answer, as logged."""

    id: int
    conversation: str
    record: dict[str, Any]
    """A `Record`, as JSON has it."""


def log_path() -> Path:
    """Return where the log is; the file need not exist."""
    return data_folder() / "logs.db"


def add_entry(conversation: str, record: Record, messages: str) -> None:
    """Log an answer.

    Args:
        conversation: What it belongs to.
        record: What is known of it.
        messages: What it added to the conversation, as `llm.messages.to_json` wrote it.

    Raises:
        LogError: It cannot be logged.
    """
    row = (
        conversation,
        record.model,
        _storable(record.question),
        _storable(record.text),
        _storable(json.dumps(asdict(record), ensure_ascii=False)),
        _storable(messages),
    )
    with _opened(for_writing=True) as connection:
        connection.execute(
            "INSERT INTO answers (conversation, model, question, answer, record, messages) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            row,
        )


def forget_messages(conversation: str, nothing: str) -> None:
    """Let the last answer of a conversation have added nothing to it; its record stays.

    Args:
        conversation: Which one.
        nothing: No messages, as `llm.messages.to_json` writes them.

    Raises:
        LogError: The log cannot be written.
    """
    with _opened(for_writing=True) as connection:
        connection.execute(
            "UPDATE answers SET messages = :nothing WHERE id = (SELECT max(id) FROM answers "
            "WHERE conversation = :conversation AND messages != :nothing)",
            {"conversation": conversation, "nothing": nothing},
        )


def read_entries(
    *,
    id: int | None = None,
    conversation: str | None = None,
    model: str | None = None,
    words: Sequence[str] = (),
    most: int | None = None,
) -> list[Entry]:
    """Return what is logged, the last one last.

    Args:
        id: Only the entry with this number.
        conversation: Only those of this one.
        model: Only answers of models with this in their ids.
        words: Only those in which each of these is asked or answered, in small letters or large.
        most: How many of the last ones to return; None for all.

    Raises:
        LogError: The log cannot be read.
    """
    conditions: list[str] = []
    values: list[object] = []
    for condition, value in (("id = ?", id), ("conversation = ?", conversation)):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    if model is not None:
        conditions.append("holds(model, ?)")
        values.append(model.casefold())
    for word in words:
        conditions.append("(holds(question, ?) OR holds(answer, ?))")
        values += [word.casefold()] * 2
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    sql = f"SELECT id, conversation, record FROM answers {where} ORDER BY id DESC LIMIT ?"
    with _opened() as connection:
        # SQLite itself knows small and large letters of ASCII alone.
        connection.create_function("holds", 2, _holds, deterministic=True)
        rows = connection.execute(sql, [*values, -1 if most is None else most]).fetchall()
    try:
        return [
            Entry(id=id, conversation=conversation, record=json.loads(record))
            for id, conversation, record in reversed(rows)
        ]
    except ValueError as error:
        raise LogError(f"{log_path()} holds what nobody can read: {error}") from error


def read_messages(conversation: str) -> list[str]:
    """Return what each answer of a conversation added to it, as JSON, the first one first.

    Raises:
        LogError: The log cannot be read.
    """
    with _opened() as connection:
        rows = connection.execute(
            "SELECT messages FROM answers WHERE conversation = ? ORDER BY id", [conversation]
        ).fetchall()
    return [messages for (messages,) in rows]


def _holds(text: str, word: str) -> bool:
    return word in text.casefold()


def _storable(text: str) -> str:
    """Return text without half pairs of surrogates, which SQLite does not take.

    They become what JSON writes for them, so that in JSON nothing is lost.
    """
    return text.encode("utf-8", "backslashreplace").decode()


@contextmanager
def _opened(for_writing: bool = False) -> Generator[sqlite3.Connection]:
    """Yield a connection to the log; what is written is there when the block ends, or not at all.

    Reading makes no file: while there is none, there is nothing in it.
    """
    path = log_path()
    try:
        if for_writing:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # SQLite would let everybody read a file that it makes itself.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        there = path.exists()
        where = f"file:{quote(str(path))}?mode=rw" if there else ":memory:"
        with (
            closing(sqlite3.connect(where, uri=there, timeout=_PATIENCE)) as connection,
            connection,
        ):
            _prepare(connection)
            yield connection
    except (OSError, sqlite3.Error, UnicodeError) as error:
        raise LogError(f"{path}: {error}") from error


def _prepare(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == _VERSION:
        return
    if version > _VERSION:
        raise sqlite3.DatabaseError("a newer version of this program made it")
    connection.execute("BEGIN IMMEDIATE")  # another process may be at it
    connection.execute(_TABLE)
    connection.execute(_INDEX)
    connection.execute(f"PRAGMA user_version = {_VERSION}")
    connection.commit()
