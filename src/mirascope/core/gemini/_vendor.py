# The SDK is optional: where it is not installed, and where it is and has no types, its names are
# unknown to a type checker. So this module is checked in basic mode.
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""gemini: the SDK it is named for, or google-genai behind the same names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._missing import needs

with needs("gemini"):
    if TYPE_CHECKING:
        from ._native import *  # noqa: F403  # either module stands for this one
    else:
        try:
            from ._native import *  # noqa: F403
        except ImportError:
            from ._genai import *  # noqa: F403
