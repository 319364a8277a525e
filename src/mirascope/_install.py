"""How an extra of this project is installed: the one place that says it.

Never by name: the package index has another project of this name, and `pip` would fetch that one.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

__all__ = ["how_to_install", "needs"]


def how_to_install(extra: str) -> str:
    """Return the command that installs `extra`, and where to run it."""
    return f"in a checkout of this project, pip install '.[{extra}]'"


@contextmanager
def needs(extra: str, what: str) -> Generator[None, None, None]:
    """Say how to install `extra` when an import in the block fails.

    Args:
        extra: Its name.
        what: What cannot be used without it, and why: the beginning of a sentence.

    Raises:
        ImportError: In place of the original one, which is its cause.
    """
    try:
        yield
    except ImportError as error:
        raise ImportError(
            f"{what} ({error}). Install the extra '{extra}': {how_to_install(extra)}.",
            name=error.name,
        ) from error
