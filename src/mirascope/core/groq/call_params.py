"""The parameters of groq."""

from . import GroqCallParams as GroqCallParams
