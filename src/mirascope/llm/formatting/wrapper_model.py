"""The base of the models that wrap a primitive; imported only when one is made (pydantic)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

__all__ = ["PrimitiveWrapperModel"]


class PrimitiveWrapperModel(BaseModel):
    """Base of what `create_wrapper_model` makes."""

    if TYPE_CHECKING:
        output: Any  # Any: the field's type is the wrapped one
