"""The stream class of litellm."""

from . import LiteLLMStream as LiteLLMStream
