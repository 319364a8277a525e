"""The stream class of groq."""

from ._vendor import GroqStream

__all__ = ["GroqStream"]
