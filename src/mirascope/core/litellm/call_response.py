"""The response class of litellm."""

from . import LiteLLMCallResponse as LiteLLMCallResponse
