"""What a prompt function may return to configure one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeAlias

from typing_extensions import TypedDict, TypeVar

from .call_params import CommonCallParams
from .message_param import BaseMessageParam
from .messages import Messages
from .metadata import Metadata

__all__ = ["BaseDynamicConfig", "DynamicConfig"]

_MessageT = TypeVar("_MessageT", default=Any)
_CallParamsT = TypeVar("_CallParamsT", default=Any)
_ClientT = TypeVar("_ClientT", default=Any)


class DynamicConfig(TypedDict, Generic[_MessageT, _CallParamsT, _ClientT], total=False):
    """Settings of this call only; each replaces what the decorator says."""

    metadata: Metadata
    computed_fields: Mapping[str, Any]
    tools: Sequence[type[Any] | Callable[..., Any]]
    messages: Sequence[BaseMessageParam | _MessageT]
    call_params: _CallParamsT | CommonCallParams
    client: _ClientT | None


BaseDynamicConfig: TypeAlias = (
    DynamicConfig[_MessageT, _CallParamsT, _ClientT] | Messages.Type | None
)
