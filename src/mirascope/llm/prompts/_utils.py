"""Small steps that all prompts share."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TypeVar

from mirascope.llm.models import Model
from mirascope.llm.tools import AnyToolSchema, ProviderTool
from mirascope.llm.tools.tool_fns import PlainFn
from mirascope.llm.types.refusals import require, wrong_type
from mirascope.llm.types.shown import named

__all__ = ["model_of", "require_function", "said", "settings_shown"]

_ContentT = TypeVar("_ContentT")


def model_of(model: Model | str) -> Model:
    """Return `model`, built from its id if need be; the context does not matter here.

    Raises:
        TypeError: It is neither a model nor an id.
    """
    if isinstance(model, str):
        return Model(model)
    require("model", model, Model, "an llm.Model, or an id such as 'openai/gpt-5-mini'")
    return model


def require_function(fn: object) -> None:
    """Raise `TypeError` for what cannot be called."""
    if not callable(fn) and not isinstance(fn, (classmethod, staticmethod)):
        raise wrong_type("fn", "a function that returns what to say", fn)


def said(content: _ContentT, fn: object) -> _ContentT:
    """Return what a plain function said.

    Raises:
        TypeError: It said nothing, but gave something to await.
    """
    if not inspect.isawaitable(content):
        return content
    if inspect.iscoroutine(content):
        content.close()  # or Python warns that it was never awaited, long after this
    raise TypeError(
        f"{named(fn)} looks like a plain function but returned a coroutine: a decorator below "
        "llm.call or llm.prompt hides its async def. Make that decorator's wrapper async def, too, "
        "or put it above."
    )


def settings_shown(
    tools: Sequence[AnyToolSchema | ProviderTool | PlainFn] | None, format: object
) -> list[str]:
    """Return what a line about a prompt or call says of its tools and its format."""
    parts = [f"tools=[{', '.join(map(_name, tools))}]"] if tools else []
    return parts if format is None else [*parts, f"format={named(format)}"]


def _name(tool: object) -> str:
    return str(getattr(tool, "name", None) or named(tool))
