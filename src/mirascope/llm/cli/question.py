"""What is asked: the question that was given, and what is piped in."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable

from mirascope.llm.cli.exits import UsageError

__all__ = ["checked", "read_question"]

_LIMIT = (
    32 * 1024 * 1024
)  # bytes; more than vendors take, and an endless input has to end somewhere
_PATIENCE = 2.0  # seconds of waiting that need no explanation
_UNDECODED = re.compile(r"[\udc80-\udcff]")  # how Python keeps bytes that it cannot decode
_NONE = "no question: give one, or pipe one in"


def read_question(given: str | None, say: Callable[[str], None], *, attached: bool = False) -> str:
    """Return the question, and after it what standard input brings unless that is a terminal.

    Args:
        given: The question; None, or ``-``, where standard input is all of it.
        say: Called with a line, perhaps from another thread, when the input is long in coming.
        attached: Whether standard input goes with the question as it is, and is not read here.

    Raises:
        UsageError: There is no question, or the input is no text.
    """
    typed = sys.stdin.isatty() or attached
    if attached and given in (None, "-"):
        raise UsageError("standard input is attached, so the question has to be an argument")
    if given == "-":
        return _nonblank(_read(None if typed else say))
    if given is None:
        if typed:
            raise UsageError(_NONE)
        return _nonblank(_read(say), _NONE)
    question = _nonblank(checked(given, "the question"))
    piped = "" if typed else _read(say)
    return f"{question}\n\n{piped}" if piped.strip() else question


def checked(text: str, what: str) -> str:
    """Return an argument as text; where the locale cannot tell, it is UTF-8.

    Raises:
        UsageError: It is no text.
    """
    try:
        return os.fsencode(text).decode() if _UNDECODED.search(text) else text
    except UnicodeError as error:
        raise UsageError(f"{what} is not text in UTF-8") from error


def _nonblank(text: str, otherwise: str = "the question is empty") -> str:
    if not text.strip():
        raise UsageError(otherwise)
    return text


def _read(say: Callable[[str], None] | None) -> str:
    """Return all of standard input. It is UTF-8 whatever the locale says, as files are."""
    explain = threading.Timer(_PATIENCE, say or str, ["Waiting for the end of standard input."])
    explain.daemon = True
    explain.start()
    try:
        if os.name == "posix":  # else half of the input would pass for all of it
            os.set_blocking(sys.stdin.fileno(), True)
        data = sys.stdin.buffer.read(_LIMIT + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"standard input cannot be read: {error}") from error
    finally:
        explain.cancel()
    if len(data) > _LIMIT:
        raise UsageError(f"standard input has more than {_LIMIT >> 20} MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = f"byte {error.start + 1:,} is 0x{data[error.start]:02x}"
        raise UsageError(f"standard input is not text in UTF-8: {where}") from error
    if "\0" in text:
        raise UsageError("standard input is not text: it has zero bytes in it")
    return text
