"""The response class of groq."""

from .vendor import GroqCallResponse

__all__ = ["GroqCallResponse"]
