"""What the SDK of groq is called with."""

from . import GroqCallKwargs as GroqCallKwargs
