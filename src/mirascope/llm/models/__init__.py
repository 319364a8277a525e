"""Models: a model id with parameters, and every way to call it."""

from mirascope.llm.models.models import Model, model, model_from_context, use_model
from mirascope.llm.types.params import Params, ThinkingConfig, ThinkingLevel

__all__ = [
    "Model",
    "Params",
    "ThinkingConfig",
    "ThinkingLevel",
    "model",
    "model_from_context",
    "use_model",
]
