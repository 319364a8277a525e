"""Tools ready for use: the web, files, and a container to run things in."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .configurable import (
        ConfigurableTool,
        ConfigurableToolConfig,
        ConfigurableToolKit,
    )
    from .docker import DockerOperationToolKit, DockerOperationToolKitConfig
    from .file_system import FileSystemToolKit, FileSystemToolKitConfig
    from .http import HTTPX, AsyncHTTPX, HTTPXConfig, Requests, RequestsConfig
    from .web_page import ParseURLConfig, ParseURLContent
    from .web_search import AsyncDuckDuckGoSearch, DuckDuckGoSearch, DuckDuckGoSearchConfig

__all__ = [
    "HTTPX",
    "AsyncDuckDuckGoSearch",
    "AsyncHTTPX",
    "ConfigurableTool",
    "ConfigurableToolConfig",
    "ConfigurableToolKit",
    "DockerOperationToolKit",
    "DockerOperationToolKitConfig",
    "DuckDuckGoSearch",
    "DuckDuckGoSearchConfig",
    "FileSystemToolKit",
    "FileSystemToolKitConfig",
    "HTTPXConfig",
    "ParseURLConfig",
    "ParseURLContent",
    "Requests",
    "RequestsConfig",
]

# The module of each name; each module loads what it needs when one of its tools is called.
_HOME = {
    "HTTPX": "http",
    "AsyncDuckDuckGoSearch": "web_search",
    "AsyncHTTPX": "http",
    "ConfigurableTool": "configurable",
    "ConfigurableToolConfig": "configurable",
    "ConfigurableToolKit": "configurable",
    "DockerOperationToolKit": "docker",
    "DockerOperationToolKitConfig": "docker",
    "DuckDuckGoSearch": "web_search",
    "DuckDuckGoSearchConfig": "web_search",
    "FileSystemToolKit": "file_system",
    "FileSystemToolKitConfig": "file_system",
    "HTTPXConfig": "http",
    "ParseURLConfig": "web_page",
    "ParseURLContent": "web_page",
    "Requests": "http",
    "RequestsConfig": "http",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
