"""The response class of gemini."""

from ._vendor import GeminiCallResponse

__all__ = ["GeminiCallResponse"]
