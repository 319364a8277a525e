"""The parameters of litellm."""

from . import LiteLLMCallParams as LiteLLMCallParams
