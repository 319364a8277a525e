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
    from .base import AudioPart as AudioPart
    from .base import AudioURLPart as AudioURLPart
    from .base import BaseCallResponse as BaseCallResponse
    from .base import BaseDynamicConfig as BaseDynamicConfig
    from .base import BaseMessageParam as BaseMessageParam
    from .base import BasePrompt as BasePrompt
    from .base import BaseStream as BaseStream
    from .base import BaseTool as BaseTool
    from .base import BaseToolKit as BaseToolKit
    from .base import CacheControlPart as CacheControlPart
    from .base import CostMetadata as CostMetadata
    from .base import DocumentPart as DocumentPart
    from .base import DocumentURLPart as DocumentURLPart
    from .base import FromCallArgs as FromCallArgs
    from .base import ImagePart as ImagePart
    from .base import ImageURLPart as ImageURLPart
    from .base import LocalProvider as LocalProvider
    from .base import Messages as Messages
    from .base import Provider as Provider
    from .base import ResponseModelConfigDict as ResponseModelConfigDict
    from .base import TextPart as TextPart
    from .base import ToolCallPart as ToolCallPart
    from .base import ToolResultPart as ToolResultPart
    from .base import prompt_template as prompt_template
    from .base import toolkit_tool as toolkit_tool
    from .base.merge_decorators import merge_decorators as merge_decorators
    from .base.metadata import metadata as metadata
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
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = {"calculate_cost": "costs"}.get(name, "base")
    value = getattr(importlib.import_module(f"{__name__}.{home}"), name, None)
    # What `base` has not is a package beside it.
    value = value or importlib.import_module(f"{__name__}.{name}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
