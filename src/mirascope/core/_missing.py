"""Errors for SDKs that are not installed."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

__all__ = ["needs"]


@contextmanager
def needs(extra: str) -> Generator[None, None, None]:
    """Say which extra to install when an import in the block fails.

    Raises:
        ImportError: In place of the original one, which is its cause.
    """
    try:
        yield
    except ImportError as error:
        raise ImportError(
            f"`mirascope.core.{extra}` needs an SDK that is not installed ({error}). "
            f'Install it with: pip install "mirascope[{extra}]" (pip install mirascope[{extra}])',
            name=error.name,
        ) from error
