"""The stream class of openai."""

from ._vendor import OpenAIStream

__all__ = ["OpenAIStream"]
