"""The response class of litellm."""

from ._vendor import LiteLLMCallResponse

__all__ = ["LiteLLMCallResponse"]
