"""The response class of litellm."""

from .vendor import LiteLLMCallResponse

__all__ = ["LiteLLMCallResponse"]
