"""What the SDK of litellm is called with."""

from . import LiteLLMCallKwargs as LiteLLMCallKwargs
