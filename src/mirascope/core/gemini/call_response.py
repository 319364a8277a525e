"""The response class of gemini."""

from .vendor import GeminiCallResponse

__all__ = ["GeminiCallResponse"]
