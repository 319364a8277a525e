"""The chunk class of groq."""

from .vendor import GroqCallResponseChunk

__all__ = ["GroqCallResponseChunk"]
