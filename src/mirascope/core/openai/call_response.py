"""The response class of openai."""

from . import OpenAICallResponse as OpenAICallResponse
