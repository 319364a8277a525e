"""Tools as callers give them: a list, a toolkit, or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from mirascope.llm.context import DepsT
from mirascope.llm.tools.provider_tools import ProviderTool
from mirascope.llm.tools.tool_fns import PlainFn
from mirascope.llm.tools.tool_schema import AnyToolSchema
from mirascope.llm.tools.toolkit import (
    AsyncContextToolkit,
    AsyncToolkit,
    BaseToolkit,
    ContextToolkit,
    Toolkit,
)
from mirascope.llm.tools.tools import AsyncContextTool, AsyncTool, ContextTool, Tool
from mirascope.llm.types.jsonable import Jsonable

__all__ = [
    "AnyTools",
    "AsyncContextTools",
    "AsyncTools",
    "ContextTools",
    "Tools",
    "normalize_async_context_tools",
    "normalize_async_tools",
    "normalize_context_tools",
    "normalize_tools",
]

AnyTools: TypeAlias = Sequence[AnyToolSchema | ProviderTool | PlainFn] | BaseToolkit[AnyToolSchema]
"""Tools of any kind."""

Tools: TypeAlias = Sequence[Tool[..., Jsonable] | ProviderTool | PlainFn] | Toolkit
"""Tools for a synchronous call."""

AsyncTools: TypeAlias = (
    Sequence[Tool[..., Jsonable] | AsyncTool[..., Jsonable] | ProviderTool | PlainFn] | AsyncToolkit
)
"""Tools for an async call; those that are not async run in threads."""

ContextTools: TypeAlias = (
    Sequence[Tool[..., Jsonable] | ContextTool[DepsT, Jsonable, ...] | ProviderTool | PlainFn]
    | ContextToolkit[DepsT]
)
"""Tools for a call with a context."""

AsyncContextTools: TypeAlias = (
    Sequence[
        Tool[..., Jsonable]
        | AsyncTool[..., Jsonable]
        | ContextTool[DepsT, Jsonable, ...]
        | AsyncContextTool[DepsT, Jsonable, ...]
        | ProviderTool
        | PlainFn
    ]
    | AsyncContextToolkit[DepsT]
)
"""Tools for an async call with a context; see `AsyncTools`."""


def normalize_tools(tools: Tools | None) -> Toolkit:
    """Return a toolkit of `tools`; a toolkit is returned as it is.

    Raises:
        TypeError: `tools` holds, or is a toolkit of, tools of another kind.
        ValueError: Two tools have the same name.
    """
    return tools if isinstance(tools, Toolkit) else Toolkit(tools)


def normalize_async_tools(tools: AsyncTools | None) -> AsyncToolkit:
    """Return a toolkit of `tools` for an async call; see `normalize_tools`."""
    return tools if isinstance(tools, AsyncToolkit) else AsyncToolkit(tools)


def normalize_context_tools(tools: ContextTools[DepsT] | None) -> ContextToolkit[DepsT]:
    """Return a toolkit of `tools`; see `normalize_tools`."""
    return tools if isinstance(tools, ContextToolkit) else ContextToolkit(tools)


def normalize_async_context_tools(
    tools: AsyncContextTools[DepsT] | None,
) -> AsyncContextToolkit[DepsT]:
    """Return a toolkit of `tools` for an async call; see `normalize_tools`."""
    return tools if isinstance(tools, AsyncContextToolkit) else AsyncContextToolkit(tools)
