"""Call parameters: the common ones, and the base of each vendor's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict

__all__ = ["BaseCallParams", "CommonCallParams", "convert_params", "is_common"]


class BaseCallParams(TypedDict, total=False):
    """Base of the vendors' typed parameters. Never validated: unknown keys go to the SDK."""


class CommonCallParams(TypedDict, total=False):
    """Parameters that mean the same everywhere."""

    temperature: float
    max_tokens: int
    top_p: float
    frequency_penalty: float
    presence_penalty: float
    seed: int
    stop: str | list[str]


COMMON = frozenset(CommonCallParams.__annotations__)


def is_common(params: Mapping[str, Any]) -> bool:
    """Whether every parameter is a common one."""
    return COMMON.issuperset(params)


def convert_params(
    params: Mapping[str, Any], names: Mapping[str, str | None], *, listed: frozenset[str]
) -> dict[str, Any] | None:
    """Translate parameters when every one of them is common.

    Args:
        params: What the user gave.
        names: The vendor's name of each common parameter; None where it has none.
        listed: The vendor names whose value must be a list.

    Returns:
        The vendor's parameters, or None when at least one key is the vendor's own and nothing was
        translated.
    """
    if not is_common(params):
        return None
    converted: dict[str, Any] = {}
    for key, value in params.items():
        name = names.get(key, key)
        if name is None or value is None:
            continue
        converted[name] = [value] if name in listed and isinstance(value, str) else value
    return converted
