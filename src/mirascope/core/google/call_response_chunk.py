"""The chunk class of google."""

from ._vendor import GoogleCallResponseChunk

__all__ = ["GoogleCallResponseChunk"]
