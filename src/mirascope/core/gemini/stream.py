"""The stream class of gemini."""

from . import GeminiStream as GeminiStream
