"""The arguments ``--tools`` and ``--mcp``: what the model may call."""

from __future__ import annotations

import copy
import functools
import importlib.util
import inspect
import os
import shlex
import sys
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias, cast

from mirascope.llm.cli.exits import UsageError, one_line
from mirascope.llm.cli.found import find_module, find_object
from mirascope.llm.tools import AsyncTool, BaseToolkit, ProviderTool, Tool, ToolSchema
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["PlainTool", "load_tools", "open_tools", "to_be_approved"]

PlainTool: TypeAlias = Tool[..., Jsonable] | ProviderTool


def open_tools(specs: Sequence[str], servers: Sequence[str], stack: ExitStack) -> list[PlainTool]:
    """Return the tools of Python files and modules, and of MCP servers.

    Args:
        specs: What `load_tools` takes.
        servers: Commands and addresses of MCP servers.
        stack: Closes the connections to them.

    Raises:
        UsageError: There are no tools there, or two have the same name.
        ConnectionError: A server cannot be started or reached.
    """
    tools = [found for spec in specs for found in load_tools(spec)]
    for server in servers:
        tools += _connected(server, stack)
    names = [one.name for one in tools]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"more than one tool is called {twice[0]}")
    return tools


def load_tools(spec: str) -> list[PlainTool]:
    """Return the tools that a Python file, a module, or ``module:name`` has.

    Those that `llm.tool` made; in a file or module without any, the public functions it defines.

    Raises:
        UsageError: There are none, or it cannot be imported.
    """
    try:
        found = _found(spec)
        tools = [_plain(one) for one in found]
    except (Exception, SystemExit) as error:  # the user's own code runs, to whatever end
        if isinstance(error, UsageError):
            raise
        said = one_line(f"--tools {spec}: {type(error).__name__}: {error}")
        raise UsageError(said) from error
    if not tools:
        raise UsageError(f"--tools {spec}: there are no functions, and nothing made by llm.tool")
    return tools


def to_be_approved(tool: PlainTool) -> PlainTool:
    """Return a tool whose calls somebody has to approve; the vendor runs its own unasked."""
    if isinstance(tool, ProviderTool):
        return tool
    asked = copy.copy(tool)
    asked.requires_approval = True
    return asked


def _found(spec: str) -> list[object]:
    path = Path(spec)
    module, colon, name = spec.partition(":")
    if path.suffix == ".py":
        return _of_module(_run_file(path))
    if not colon:
        return _of_module(find_module(module))
    found = find_object(module, name)
    if isinstance(found, BaseToolkit):
        return list(cast("Any", found).tools)
    if _is_tool(found) or not isinstance(found, Iterable):
        return [found]
    return list(cast("Iterable[object]", found))


def _of_module(module: ModuleType) -> list[object]:
    values = cast("list[object]", list(vars(module).values()))
    made = [one for one in values if _is_tool(one)]
    return made or [
        one
        for name, one in vars(module).items()
        if inspect.isfunction(one) and one.__module__ == module.__name__ and name[0] != "_"
    ]


def _is_tool(found: object) -> bool:
    return isinstance(found, ToolSchema | ProviderTool)


def _run_file(path: Path) -> ModuleType:
    """Import a file that need not be on Python's path; what stands beside it can be imported."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"--tools {path}: no file of Python's")
    module = importlib.util.module_from_spec(spec)
    folder = str(path.resolve().parent)
    sys.modules[path.stem] = module  # for annotations, which are looked up there
    sys.path.insert(0, folder)
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(folder)
    return module


def _plain(found: Any) -> PlainTool:
    """Return a tool for a synchronous call."""
    if isinstance(found, Tool | ProviderTool):
        return cast("PlainTool", found)
    if isinstance(found, AsyncTool):
        made = cast("Any", found)
        return Tool.from_function(
            _waiting(made.fn),
            strict=made.strict,
            name=made.name,
            description=made.description,
            requires_approval=made.requires_approval,
        )
    if _is_tool(found) or not callable(found):
        name: object = getattr(found, "name", None)
        what = f"{name} wants a context" if name else f"{type(found).__name__} is no tool"
        raise TypeError(f"{what}, and cannot be run from the command line")
    return Tool.from_function(_waiting(found) if inspect.iscoroutinefunction(found) else found)


def _waiting(fn: Callable[..., Coroutine[Any, Any, Jsonable]]) -> Callable[..., Jsonable]:
    @functools.wraps(fn)
    def run(*args: object, **kwargs: object) -> Jsonable:
        import asyncio  # slow to import, and few tools are async

        return asyncio.run(fn(*args, **kwargs))

    return run


def _connected(server: str, stack: ExitStack) -> list[PlainTool]:
    try:
        from mirascope.llm import mcp  # an extra
    except ImportError as error:
        raise UsageError(str(error)) from error
    if server.startswith(("http://", "https://")):
        client = stack.enter_context(mcp.connect(server))
    else:
        try:
            command, *arguments = shlex.split(server)
        except ValueError as error:
            raise UsageError(f"--mcp {server}: no command: {error}") from error
        parameters = mcp.StdioServerParameters(
            command=command, args=arguments, env=dict(os.environ)
        )
        client = stack.enter_context(mcp.connect(parameters))
    return [*client.list_tools()]
