"""What Cohere's models can do, told from their names.

Only what a model lacks is listed, so that a model nobody here has heard of can do what the newest
can. Sources: https://docs.cohere.com/docs/models, /docs/reasoning and /docs/image-inputs (2025-12).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from mirascope.llm.providers import capabilities as general

__all__ = ["Capabilities", "capabilities"]

_FIRST = r"command(-light|-nightly|-light-nightly)?$"
_OLD = rf"{_FIRST}|command-r($|-plus|-0\d-2024)"
_EXPANSE = r"c4ai-aya-expanse"
_NOT_THINKING = rf"{_FIRST}|command-r|command-a-(0\d-2025|translate|vision)|c4ai-"
_TEXT_ONLY = rf"{_FIRST}|command-r|command-a-(0\d-2025|reasoning|translate)|{_EXPANSE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities(general.Capabilities):
    """What a model can do."""

    thinks: bool = True
    """Whether it thinks first, unless told not to."""
    tool_choice: bool = True
    """Whether a call can be demanded, or none at all."""

    @property
    def formats(self) -> bool:
        """Whether it can be held to JSON, as far as is known."""
        return self.json_schema is not False


@lru_cache(maxsize=256)
def capabilities(model_name: str) -> Capabilities:
    """Return what the model of this name can do."""
    return Capabilities(
        thinks=not re.match(_NOT_THINKING, model_name),
        images=not re.match(_TEXT_ONLY, model_name),
        json_schema=not re.match(_FIRST, model_name),
        tool_choice=not re.match(_OLD, model_name),
    )
