"""The chunk class of openai."""

from ._vendor import OpenAICallResponseChunk

__all__ = ["OpenAICallResponseChunk"]
