# ruff: noqa: F405  # `__all__` has names of `base`
"""The v1 API: `from mirascope.core import openai`, over each vendor's own SDK.

Everything is imported when it is first used, so that one vendor loads no other vendor's SDK.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import anthropic as anthropic
    from . import azure as azure
    from . import base as base
    from . import bedrock as bedrock
    from . import cohere as cohere
    from . import costs as costs
    from . import gemini as gemini
    from . import google as google
    from . import groq as groq
    from . import litellm as litellm
    from . import mistral as mistral
    from . import openai as openai
    from . import vertex as vertex
    from . import xai as xai
    from .base import *  # noqa: F403  # its `__all__` says what is public
    from .costs import calculate_cost as calculate_cost

__all__ = [
    "AudioPart",
    "AudioURLPart",
    "BaseCallResponse",
    "BaseDynamicConfig",
    "BaseMessageParam",
    "BasePrompt",
    "BaseStream",
    "BaseTool",
    "BaseToolKit",
    "CacheControlPart",
    "CostMetadata",
    "DocumentPart",
    "DocumentURLPart",
    "FromCallArgs",
    "ImagePart",
    "ImageURLPart",
    "LocalProvider",
    "Messages",
    "Provider",
    "ResponseModelConfigDict",
    "TextPart",
    "ToolCallPart",
    "ToolResultPart",
    "anthropic",
    "azure",
    "base",
    "bedrock",
    "calculate_cost",
    "cohere",
    "costs",
    "gemini",
    "google",
    "groq",
    "litellm",
    "merge_decorators",
    "metadata",
    "mistral",
    "openai",
    "prompt_template",
    "toolkit_tool",
    "vertex",
    "xai",
]


def __getattr__(name: str) -> Any:
    shared = importlib.import_module(f"{__name__}.base")
    if name in shared.__all__:
        value = getattr(shared, name)
    elif name == "calculate_cost":
        value = importlib.import_module(f"{__name__}.costs").calculate_cost
    elif name in __all__:
        value = importlib.import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
