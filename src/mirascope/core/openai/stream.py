"""The stream class of openai."""

from .vendor import OpenAIStream

__all__ = ["OpenAIStream"]
