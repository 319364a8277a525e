"""One interface to every large language model: `mirascope.llm`; the v1 API: `mirascope.core`.

Everything is imported when it is first used, v1's names at the top of the package too.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if sys.version_info < (3, 11):  # noqa: UP036 - a checkout on the path is asked by any Python
    raise ImportError("mirascope needs Python 3.11 or later; v1 of it was the last for 3.10.")

from mirascope._version import __version__

if TYPE_CHECKING:
    from mirascope import core, integrations, llm, mcp, retries, tools
    from mirascope.core import (
        AudioPart,
        AudioURLPart,
        BaseDynamicConfig,
        BaseMessageParam,
        BasePrompt,
        BaseTool,
        BaseToolKit,
        CacheControlPart,
        DocumentPart,
        DocumentURLPart,
        ImagePart,
        ImageURLPart,
        LocalProvider,
        Messages,
        Provider,
        ResponseModelConfigDict,
        TextPart,
        ToolCallPart,
        ToolResultPart,
        merge_decorators,
        metadata,
        prompt_template,
    )

__all__ = [
    "AudioPart",
    "AudioURLPart",
    "BaseDynamicConfig",
    "BaseMessageParam",
    "BasePrompt",
    "BaseTool",
    "BaseToolKit",
    "CacheControlPart",
    "DocumentPart",
    "DocumentURLPart",
    "ImagePart",
    "ImageURLPart",
    "LocalProvider",
    "Messages",
    "Provider",
    "ResponseModelConfigDict",
    "TextPart",
    "ToolCallPart",
    "ToolResultPart",
    "__version__",
    "core",
    "integrations",
    "llm",
    "mcp",
    "merge_decorators",
    "metadata",
    "prompt_template",
    "retries",
    "tools",
]

_MODULES = frozenset({"core", "integrations", "llm", "mcp", "retries", "tools"})


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return import_module(f"mirascope.{name}")
    if name in __all__:  # what is left of it are v1's own names
        value: object = getattr(import_module("mirascope.core"), name)
        globals()[name] = value
        return value
    if name == "beta":  # which says what there is instead
        return import_module("mirascope.beta")
    raise AttributeError(f"module 'mirascope' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
