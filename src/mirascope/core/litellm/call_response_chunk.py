"""The chunk class of litellm."""

from .vendor import LiteLLMCallResponseChunk

__all__ = ["LiteLLMCallResponseChunk"]
