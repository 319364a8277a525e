"""The arguments of a tool call, as the model writes them."""

from __future__ import annotations

import json
from typing import Any, cast

from mirascope._wire.partial_json import PartialJSON

__all__ = ["read_arguments"]


def read_arguments(text: str, allow_partial: bool = False) -> dict[str, Any]:
    """Read the JSON of a call's arguments; no text at all means no arguments.

    Raises:
        ValueError: If it is no JSON, or, unless that is allowed, not complete.
    """
    if not text.strip():
        return {}
    value: Any = json.loads(text) if not allow_partial else _partial(text)
    if value is None:  # some servers' word for no arguments
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {"value": value}


def _partial(text: str) -> object:
    reader = PartialJSON()
    return reader.value if reader.feed(text) else {}
