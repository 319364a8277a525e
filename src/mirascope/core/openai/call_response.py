"""The response class of openai."""

from ._vendor import OpenAICallResponse

__all__ = ["OpenAICallResponse"]
