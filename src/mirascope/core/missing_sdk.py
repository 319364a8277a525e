"""Errors for SDKs that are not installed.

The modules over an SDK, `vendor.py` among them, are checked in pyright's basic mode: where the SDK
is not installed, and where it is and has no types, its names are unknown to a type checker.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from mirascope import _install

__all__ = ["needs"]


def needs(extra: str) -> AbstractContextManager[None]:
    """Say which extra to install when an import in the block fails.

    Raises:
        ImportError: In place of the original one, which is its cause.
    """
    return _install.needs(extra, f"`mirascope.core.{extra}` needs an SDK that is not installed")
