"""The stream class of gemini."""

from .vendor import GeminiStream

__all__ = ["GeminiStream"]
