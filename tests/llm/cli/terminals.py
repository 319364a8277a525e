"""The command in a real terminal, for tests that type and read."""

from __future__ import annotations

import os
import pty
import re
import struct
import subprocess
import termios
from fcntl import ioctl
from pathlib import Path

from tests.llm.cli.test_ask import environment

ENTER = "\r"
ALT_ENTER = "\x1b\r"
CTRL_C = "\x03"
CTRL_D = "\x04"
PROMPT = "\x1b[?2004h"
"""Brackets around what is pasted are asked for when a question can be typed."""
STYLE = re.compile(r"\x1b(?:\[[?>\d;]*[A-Za-z]|\][^\x07]*\x07|[=>()][\dA-Z]?)")


class Terminal:
    """The command in a terminal, and who sits before it."""

    def __init__(
        self,
        arguments: list[str],
        columns: int,
        variables: dict[str, str],
        folder: Path | None = None,
    ) -> None:
        self._ours, theirs = pty.openpty()
        ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self.process = subprocess.Popen(
            arguments,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment(**{"TERM": "xterm", **variables}),
            cwd=folder,
            start_new_session=True,
            # The terminal is to be the process's own, so that Ctrl-C is a signal to it.
            preexec_fn=lambda: ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)
        self.written = ""
        self._seen = 0

    def until(self, text: str) -> str:
        """Read on until `text` was written; return what was written since the last time."""
        while text not in STYLE.sub("", self.written[self._seen :]):
            self._read()
        new = self.written[self._seen :]
        if PROMPT not in new:
            self._seen = len(self.written)
        return STYLE.sub("", new)

    def until_prompt(self) -> None:
        """Read on until a question can be typed."""
        while PROMPT not in self.written[self._seen :]:
            self._read()
        self._seen = len(self.written)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def ask(self, question: str, until: str = " s\r\n") -> str:
        """Ask, and return what was shown; the line about tokens ends an answer."""
        self.type(question + ENTER)
        before = self._seen
        self.until(until)
        self._seen = before  # the prompt may have come along
        self.until_prompt()
        return STYLE.sub("", self.written[before:]).replace("\r", "")

    def end(self) -> int:
        """Read to the end and return the exit code."""
        try:
            while True:
                self._read()
        except EOFError:
            return self.process.wait()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def _read(self) -> None:
        try:
            data = os.read(self._ours, 65536)
        except OSError:  # how Linux tells the end of a terminal
            data = b""
        if not data:
            raise EOFError(f"the command ended: {self.written}")
        if b"\x1b[6n" in data:  # where is the cursor?
            os.write(self._ours, b"\x1b[39;1R")
        self.written += data.decode(errors="replace")
