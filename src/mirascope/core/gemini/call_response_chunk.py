"""The chunk class of gemini."""

from . import GeminiCallResponseChunk as GeminiCallResponseChunk
