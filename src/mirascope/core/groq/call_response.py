"""The response class of groq."""

from ._vendor import GroqCallResponse

__all__ = ["GroqCallResponse"]
