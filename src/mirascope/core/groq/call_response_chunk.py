"""The chunk class of groq."""

from ._vendor import GroqCallResponseChunk

__all__ = ["GroqCallResponseChunk"]
