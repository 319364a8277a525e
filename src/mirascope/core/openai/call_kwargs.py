"""What the SDK of openai is called with."""

from . import OpenAICallKwargs as OpenAICallKwargs
