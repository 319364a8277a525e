"""The stream class of gemini."""

from ._vendor import GeminiStream

__all__ = ["GeminiStream"]
