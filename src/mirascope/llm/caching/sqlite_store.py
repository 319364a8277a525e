"""Answers in a file, for this process and others, now and later."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from pathlib import Path

__all__ = ["SQLiteStore"]

_BUSY = 5.0
"""Seconds to wait for another process that writes."""
_TABLE = """
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, value BLOB NOT NULL, expires REAL)
"""


class SQLiteStore:
    """Keeps answers in an SQLite file, which any number of processes may use.

    Answers are deleted when they are too old, and not before: use `clear`, or delete the file. They
    are in it in plain text, as what was asked is not.
    """

    blocks = True

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Name the file; it is made, or opened, when it is first asked."""
        self.path: Path = Path(path)
        self._lock = threading.Lock()
        self._opened: tuple[int, sqlite3.Connection] | None = None

    def __reduce__(self) -> tuple[object, ...]:
        return SQLiteStore, (self.path,)

    def get(self, key: str) -> bytes | None:
        """Return an answer."""
        with self._lock:
            row = self._connection().execute("SELECT value FROM answers WHERE key = ?", (key,))
            found: tuple[bytes] | None = row.fetchone()
        return None if found is None else found[0]

    def put(self, key: str, value: bytes, ttl: float | None) -> None:
        """Keep an answer, and delete those that are too old."""
        now = time.time()
        expires = None if ttl is None else now + ttl
        with self._lock, self._connection() as connection:
            connection.execute("DELETE FROM answers WHERE expires < ?", (now,))
            connection.execute("REPLACE INTO answers VALUES (?, ?, ?)", (key, value, expires))

    def clear(self) -> None:
        """Delete all answers."""
        with self._lock, self._connection() as connection:
            connection.execute("DELETE FROM answers")

    def close(self) -> None:
        """Close the file; it is opened again when need be."""
        with self._lock:
            opened, self._opened = self._opened, None
            if opened is not None and opened[0] == os.getpid():
                opened[1].close()

    def __del__(self) -> None:
        opened = self._opened
        if opened is not None and opened[0] == os.getpid():
            opened[1].close()

    def _connection(self) -> sqlite3.Connection:
        # A connection must not be used on the other side of a fork.
        if self._opened is None or self._opened[0] != os.getpid():
            connection = sqlite3.connect(self.path, timeout=_BUSY, check_same_thread=False)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                with connection:
                    connection.execute(_TABLE)
                    connection.execute(
                        "CREATE INDEX IF NOT EXISTS answers_by_age ON answers (expires)"
                    )
            except BaseException:
                connection.close()
                raise
            self._opened = (os.getpid(), connection)
        return self._opened[1]
