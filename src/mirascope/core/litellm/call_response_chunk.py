"""The chunk class of litellm."""

from . import LiteLLMCallResponseChunk as LiteLLMCallResponseChunk
