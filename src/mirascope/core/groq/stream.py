"""The stream class of groq."""

from .vendor import GroqStream

__all__ = ["GroqStream"]
