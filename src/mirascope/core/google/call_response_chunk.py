"""The chunk class of google."""

from .vendor import GoogleCallResponseChunk

__all__ = ["GoogleCallResponseChunk"]
