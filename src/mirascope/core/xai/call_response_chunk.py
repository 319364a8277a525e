"""The chunk class of xai."""

from .vendor import XAICallResponseChunk

__all__ = ["XAICallResponseChunk"]
