"""How the command ends, and what it says when that is not well."""

from __future__ import annotations

import os
import re
from enum import IntEnum

from mirascope.llm import exceptions as exc

__all__ = ["Exit", "OutputError", "UsageError", "explain", "one_line"]

_KEYS = re.compile(r"\b(?:sk|pk|gsk|xai|AIza)[-_]?[\w*-]{6,}")


class Exit(IntEnum):
    """Exit codes."""

    OK = 0
    FAILED = 1
    """The vendor, or the way to it, failed."""
    USAGE = 2
    """The command was used wrongly."""
    INVALID = 3
    """The answer does not fit the schema."""
    INTERRUPTED = 130
    """Ctrl-C, as shells count it."""
    CLOSED = 141
    """Whoever reads the output has left, as shells count it."""


class UsageError(Exception):
    """The command was used wrongly; the message says how to use it."""


class OutputError(OSError):
    """Standard output takes no more."""


def explain(error: Exception, *wrong_use: type[Exception]) -> tuple[Exit, str]:
    """Return the exit code for `error`, and one line about it without any key.

    Args:
        error: What went wrong.
        *wrong_use: What else says, where it comes from, that the command was used wrongly.

    Raises:
        Exception: `error` itself, for whoever asks for tracebacks with ``MIRASCOPE_DEBUG``.
    """
    if isinstance(error, (UsageError, exc.NoRegisteredProviderError, *wrong_use)):
        return Exit.USAGE, one_line(str(error))
    if os.environ.get("MIRASCOPE_DEBUG"):
        raise error
    if isinstance(error, exc.ParseError):
        return Exit.INVALID, one_line(f"the answer does not fit the schema: {error}")
    what = str(error).rstrip(". ")
    if isinstance(error, exc.ProviderError):
        who = error.model or error.provider
        what = what if what.startswith(who) else f"{who}: {what}"
    return Exit.FAILED, one_line(f"{type(error).__name__}: {what}. {_advice(error)}")


def _advice(error: Exception) -> str:
    match error:
        case exc.AuthenticationError():
            return "Check the API key in the environment."
        case exc.PermissionError():
            return "The key is valid, but not for this."
        case exc.NotFoundError():
            return "Check the model's name."
        case exc.RateLimitError(retry_after=seconds) if seconds is not None:
            return f"Try again in {seconds:g} s."
        case exc.RateLimitError() | exc.ServerError():
            return "Try again later."
        case exc.StreamTruncatedError():
            return "The answer is not complete; try again."
        case exc.ConnectionError():
            return "Check the network and the base URL, then try again."
        case _:
            return ""


def one_line(text: str) -> str:
    """Return `text` on one line, without what a terminal would obey.

    Keys are left out: vendors like to quote the one that they were given.
    """
    for name, value in os.environ.items():
        if name.endswith(("_API_KEY", "_TOKEN")) and len(value) > 3:
            text = text.replace(value, "***")
    shown = "".join(c if c.isprintable() else " " for c in _KEYS.sub("***", text))
    return " ".join(shown.split())
