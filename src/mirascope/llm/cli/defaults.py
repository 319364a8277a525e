"""Which model is asked where none is named."""

from __future__ import annotations

import os

__all__ = ["DEFAULT_MODELS", "model_of_key"]

DEFAULT_MODELS = {
    "OPENAI_API_KEY": "openai/gpt-5-mini",
    "ANTHROPIC_API_KEY": "anthropic/claude-sonnet-4-6",
    "GOOGLE_API_KEY": "google/gemini-2.5-flash",
    "GEMINI_API_KEY": "google/gemini-2.5-flash",
}
"""Which model to ask when none is named, by the key that is there; the first one counts."""


def model_of_key() -> str:
    """Return the model to ask when none is named anywhere."""
    keyed = (model for key, model in DEFAULT_MODELS.items() if os.environ.get(key))
    return next(keyed, DEFAULT_MODELS["OPENAI_API_KEY"])
