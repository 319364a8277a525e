"""The stream class of litellm."""

from .vendor import LiteLLMStream

__all__ = ["LiteLLMStream"]
