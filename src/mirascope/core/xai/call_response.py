"""The response class of xai."""

from .vendor import XAICallResponse

__all__ = ["XAICallResponse"]
