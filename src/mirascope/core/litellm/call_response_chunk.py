"""The chunk class of litellm."""

from ._vendor import LiteLLMCallResponseChunk

__all__ = ["LiteLLMCallResponseChunk"]
