"""The one extra key a response model's configuration may have."""

from __future__ import annotations

from pydantic import ConfigDict

__all__ = ["ResponseModelConfigDict"]


class ResponseModelConfigDict(ConfigDict, total=False):
    """A pydantic `ConfigDict`, with the vendor's strict schema mode.

    `strict=True` together with `json_mode=True` asks openai and azure to keep to the schema.
    """
