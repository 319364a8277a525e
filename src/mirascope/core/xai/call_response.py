"""The response class of xai."""

from ._vendor import XAICallResponse

__all__ = ["XAICallResponse"]
