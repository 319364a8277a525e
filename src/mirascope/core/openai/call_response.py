"""The response class of openai."""

from .vendor import OpenAICallResponse

__all__ = ["OpenAICallResponse"]
