"""The chunk class of xai."""

from ._vendor import XAICallResponseChunk

__all__ = ["XAICallResponseChunk"]
