"""The chunk class of gemini."""

from ._vendor import GeminiCallResponseChunk

__all__ = ["GeminiCallResponseChunk"]
