"""Small steps that all prompts share."""

from __future__ import annotations

from collections.abc import Sequence

from mirascope.llm.models import Model
from mirascope.llm.tools import AnyToolSchema, ProviderTool
from mirascope.llm.types.shown import named

__all__ = ["model_of", "settings_shown"]


def model_of(model: Model | str) -> Model:
    """Return `model`, built from its id if need be; the context does not matter here."""
    return Model(model) if isinstance(model, str) else model


def settings_shown(
    tools: Sequence[AnyToolSchema | ProviderTool] | None, format: object
) -> list[str]:
    """Return what a line about a prompt or call says of its tools and its format."""
    parts = [f"tools=[{', '.join(tool.name for tool in tools)}]"] if tools else []
    return parts if format is None else [*parts, f"format={named(format)}"]
