"""The parameters of gemini."""

from . import GeminiCallParams as GeminiCallParams
