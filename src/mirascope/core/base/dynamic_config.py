"""What a prompt function may return to configure one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from typing_extensions import TypedDict

from .messages import Messages
from .metadata import Metadata

__all__ = ["BaseDynamicConfig", "DynamicConfig"]


class DynamicConfig(TypedDict, total=False):
    """Settings of this call only; each replaces what the decorator says.

    The vendors add `messages` (common ones or their own), `call_params` and `client`.
    """

    metadata: Metadata
    computed_fields: Mapping[str, Any]
    tools: Sequence[type[Any] | Callable[..., Any]]


class _AnyDynamicConfig(DynamicConfig, total=False):
    """The settings of whichever vendor."""

    messages: Sequence[Any]
    call_params: Mapping[str, Any]
    client: Any


BaseDynamicConfig: TypeAlias = _AnyDynamicConfig | Messages.Type | None
