"""Models: a model id with parameters, and every way to call it."""

from mirascope.llm.models.counting import TokenCount
from mirascope.llm.models.known import KnownProvider, known, remote
from mirascope.llm.models.models import Model, model, model_from_context, use_model
from mirascope.llm.types.params import CapabilityConfig, Params, ThinkingConfig, ThinkingLevel

__all__ = [
    "CapabilityConfig",
    "KnownProvider",
    "Model",
    "Params",
    "ThinkingConfig",
    "ThinkingLevel",
    "TokenCount",
    "known",
    "model",
    "model_from_context",
    "remote",
    "use_model",
]
