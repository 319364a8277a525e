"""What the SDK of gemini is called with."""

from . import GeminiCallKwargs as GeminiCallKwargs
