"""The response class of groq."""

from . import GroqCallResponse as GroqCallResponse
