# Values here are users' and SDKs' own, of any type.
# pyright: reportUnknownVariableType=false
"""The arguments of a tool call, as the model writes them."""

from __future__ import annotations

import json
from typing import Any

import jiter

__all__ = ["read_arguments"]


def read_arguments(text: str, allow_partial: bool = False) -> dict[str, Any]:
    """Read the JSON of a call's arguments; no text at all means no arguments."""
    if not text.strip():
        return {}
    if allow_partial:
        value = jiter.from_json(text.encode(), partial_mode="trailing-strings")
    else:
        value = json.loads(text)
    return value if isinstance(value, dict) else {"value": value}
