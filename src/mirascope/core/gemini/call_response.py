"""The response class of gemini."""

from . import GeminiCallResponse as GeminiCallResponse
