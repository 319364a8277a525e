"""The stream class of groq."""

from . import GroqStream as GroqStream
