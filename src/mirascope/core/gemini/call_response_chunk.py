"""The chunk class of gemini."""

from .vendor import GeminiCallResponseChunk

__all__ = ["GeminiCallResponseChunk"]
