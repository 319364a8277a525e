"""What a model of the vendor can do, told from its name.

Names are read, not listed, so that a model which came out later gets what the newest had. Sources:
https://ai.google.dev/gemini-api/docs/thinking, /structured-output, /thought-signatures (2026-01).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from mirascope.llm.providers import capabilities as general

__all__ = ["Capabilities", "Level", "capabilities"]

_NAME = re.compile(r"gemini-(\d+)(?:\.(\d+))?")

Level: TypeAlias = Literal["MINIMAL", "LOW", "MEDIUM", "HIGH"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities(general.Capabilities):
    """What may be asked of a model."""

    thinking: Literal["no", "budget", "level"]
    """How much it thinks is asked for in one of two ways, or not at all."""
    levels: tuple[Level, ...]
    """Levels it knows, from little to much."""
    budgets: tuple[int, int]
    """The least and the greatest budget, in tokens."""
    can_stop_thinking: bool
    """Whether a budget of 0 is accepted."""
    whole_schemas: bool
    """Whether it takes JSON schema, references and recursion included, or only OpenAPI's subset."""
    schema_with_tools: bool
    """Whether an answer can be bound to a schema while there are tools."""
    media_in_results: bool
    """Whether the result of a function may hold images and documents. From the documentation:
    https://ai.google.dev/gemini-api/docs/function-calling#multimodal (2026-01), "Gemini 3", and
    /computer-use, whose model is older."""
    checks_signatures: bool
    """Whether a function call without a thought signature is refused."""


@lru_cache(maxsize=256)
def capabilities(model_name: str) -> Capabilities:
    """Return what a model can do.

    An alias without a version, such as ``gemini-flash-latest``, gets what all that it may stand
    for have in common.
    """
    match = _NAME.search(model_name)
    version = (int(match[1]), int(match[2] or 0)) if match else None
    is_gemini = "gemini" in model_name
    is_pro = "pro" in model_name
    newest = version is not None and version >= (3, 0)
    levels: tuple[Level, ...] = ("MINIMAL", "LOW", "MEDIUM", "HIGH")
    if is_pro:
        levels = levels[1:] if version != (3, 0) else ("LOW", "HIGH")
    budgets = (128, 32_768) if is_pro else (512, 24_576) if "lite" in model_name else (1, 24_576)
    current = is_gemini and (version is None or version >= (2, 5))
    speaks = is_gemini and "-tts" in model_name
    return Capabilities(
        images=False if speaks or (version == (1, 0) and "vision" not in model_name) else None,
        audio=False if speaks else None,
        documents=False if speaks else None,
        video=False if speaks else None,
        tools=False if speaks else None,
        thinking="level" if newest else "budget" if current else "no",
        levels=levels,
        budgets=budgets,
        can_stop_thinking=not is_pro,
        whole_schemas=current,
        schema_with_tools=newest and "image" not in model_name,
        media_in_results=newest or "computer-use" in model_name,
        checks_signatures=newest,
    )
