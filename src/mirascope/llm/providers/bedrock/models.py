"""What a model on Bedrock can do, told from its id, which names the vendor that made it.

Ids of accounts' own profiles and imported models tell nothing: of these, only what every model can
do is asked, and what the caller insists on. Sources (docs.aws.amazon.com, 2026-01): the user guide
of Bedrock, "Supported models and model features", "Prompt caching" and "Structured output"; the API
reference, `ToolChoice` and `ToolResultBlock`; the user guide of Nova 2, "Extended thinking".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from mirascope.llm.providers import capabilities as general
from mirascope.llm.providers.anthropic import models as claude

__all__ = ["Capabilities", "capabilities"]

_VENDOR = re.compile(r"(?:^|[./])(ai21|amazon|anthropic|cohere|deepseek|meta|mistral|writer)\.")
_STRICT = re.compile(
    r"gpt-oss|qwen3|gemma-3|kimi-k2|minimax-m2|ministral|magistral|voxtral|mistral-large-3|nemotron"
    r"|deepseek\.v3"
)
_NO_STRICT = "opus-4-1"  # which is strict at Anthropic itself

Place: TypeAlias = Literal["system", "tools", "messages"]
_ANY_CHOICE = frozenset({"any", "tool"})
_CHOICES = {"amazon": _ANY_CHOICE, "anthropic": _ANY_CHOICE, "mistral": frozenset({"any"})}
_TOP_K = {
    "amazon": ("inferenceConfig", "topK"),
    "anthropic": ("top_k",),
    "cohere": ("k",),
    "mistral": ("top_k",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities(general.Capabilities):
    """What may be asked of a model."""

    claude: claude.Capabilities | None
    """What Claude can do, wherever it runs; None for other models."""
    choices: frozenset[str]
    """How a call can be forced: ``any`` tool, or one ``tool``."""
    cached: frozenset[Place]
    """Where a cache point may stand."""
    top_k: tuple[str, ...]
    """Where the model's own fields have ``top_k``; empty where they have it not."""
    thinking: Literal["claude", "nova", "effort"] | None
    """In which words it is said how much to think."""
    takes_thoughts: bool
    """Whether earlier thoughts may be sent back."""
    takes_status: bool
    """Whether it may be said that a tool failed."""
    media_in_results: bool
    """Whether what a tool returned may hold images and documents:
    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolResultContentBlock.html
    (2026-01), "only supported by Amazon Nova and Anthropic Claude 3 and 4 models"."""
    json_results: bool
    """Whether what a tool returned has to be JSON."""

    @property
    def strict(self) -> bool:
        """Whether schemas are known to be enforced, for answers and for tools."""
        return self.json_schema is True


@lru_cache(maxsize=256)
def capabilities(model_name: str) -> Capabilities:
    """Return what a model can do."""
    found = _VENDOR.search(model_name)
    vendor = found[1] if found else ""
    can = claude.capabilities(model_name)
    is_claude = can.tools is not None
    nova = "amazon.nova" in model_name
    cached: frozenset[Place] = frozenset()
    if is_claude and (can.thinking or "3-5-haiku" in model_name):
        cached = frozenset(("system", "tools", "messages"))
    elif nova:
        cached = frozenset(("system", "messages"))
    thinking: Literal["claude", "nova", "effort"] | None = None
    if is_claude:
        thinking = "claude"
    elif "nova-2" in model_name:
        thinking = "nova"
    elif "gpt-oss" in model_name:
        thinking = "effort"
    return Capabilities(
        claude=can if is_claude else None,
        images=can.images,
        tools=can.tools,
        json_schema=(can.strict and _NO_STRICT not in model_name)
        or _STRICT.search(model_name) is not None,
        choices=_CHOICES.get(vendor, frozenset()) if vendor else _ANY_CHOICE,
        cached=cached,
        top_k=_TOP_K.get(vendor, ("top_k",) if is_claude else ()),
        thinking=thinking,
        takes_thoughts=is_claude or nova,
        takes_status=is_claude or nova or not vendor,
        media_in_results=is_claude or nova or not vendor,
        json_results=vendor == "mistral",
        audio=True if "voxtral" in model_name or "omni" in model_name else None,
        # https://docs.aws.amazon.com/nova/latest/userguide/modalities-video.html (2026-01); an
        # account's own name tells nothing.
        video=(nova and "micro" not in model_name) if vendor else None,
    )
