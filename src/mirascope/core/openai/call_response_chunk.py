"""The chunk class of openai."""

from .vendor import OpenAICallResponseChunk

__all__ = ["OpenAICallResponseChunk"]
