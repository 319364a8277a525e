"""The stream class of litellm."""

from ._vendor import LiteLLMStream

__all__ = ["LiteLLMStream"]
