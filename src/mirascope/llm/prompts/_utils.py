"""Small steps that all prompts share."""

from __future__ import annotations

from mirascope.llm.models import Model

__all__ = ["model_of"]


def model_of(model: Model | str) -> Model:
    """Return `model`, built from its id if need be; the context does not matter here."""
    return Model(model) if isinstance(model, str) else model
