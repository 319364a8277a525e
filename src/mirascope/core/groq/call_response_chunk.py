"""The chunk class of groq."""

from . import GroqCallResponseChunk as GroqCallResponseChunk
