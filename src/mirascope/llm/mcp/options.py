"""What a client can be told beside where its server is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TypeAlias, TypedDict

from mirascope.llm.mcp.results import MCPResult
from mirascope.llm.types.refusals import wrong_type

__all__ = ["ClientOptions", "ConnectionOptions", "MCPProgress", "ToolNames"]


@dataclass(frozen=True, kw_only=True)
class MCPProgress:
    """How far a server's tool is."""

    tool: str
    """The tool, as the server calls it."""
    progress: float
    """What is done, in a unit of the server's; it only grows."""
    total: float | None
    """All there is to do, where the server knows."""
    message: str | None


Rename: TypeAlias = Mapping[str, str] | Callable[[str], str]


class ClientOptions(TypedDict, total=False):
    """What every client can be told.

    Attributes:
        include: The tools to offer, by the server's names or patterns as of files (``read_*``); all
            of them without it.
        exclude: Tools to leave out, in the same way.
        rename: Other names for tools: a dict, or a function of the server's name.
        prefix: What stands before every tool's name, so that those of several servers differ.
        timeout: Seconds to wait for each answer of the server; it is told to stop then. No limit
            without it.
        on_progress: Called with what the server says of a tool's progress, in the thread of the
            event loop: it has to be quick.
        on_result: Called with each tool's whole result: pictures and sound, which a model is not
            told of, are in it.
    """

    include: Collection[str]
    exclude: Collection[str]
    rename: Rename
    prefix: str
    timeout: float | None
    on_progress: Callable[[MCPProgress], object]
    on_result: Callable[[MCPResult], object]


class ConnectionOptions(ClientOptions, total=False):
    """What a client that connects can be told: all of `ClientOptions`, and one more.

    Attributes:
        reconnect: Whether a connection that was lost, as by the server's restart, is made anew by
            the next request. It is a new session: what the server kept of the old one is gone.
    """

    reconnect: bool


class ToolNames:
    """Which of a server's tools are offered, and by what names."""

    def __init__(
        self,
        include: Collection[str] | None = None,
        exclude: Collection[str] = (),
        rename: Rename | None = None,
        prefix: str = "",
    ) -> None:
        for argument, given in (("include", include), ("exclude", exclude)):
            if isinstance(given, str):
                raise wrong_type(argument, "a list of names", given)
        self._include = include
        self._exclude = exclude
        self._renamed: Mapping[str, str] = {}
        self._rename: Callable[[str], str] | None = None
        if callable(rename):
            self._rename = rename
        elif rename is not None:
            self._renamed = rename
        self._prefix = prefix

    def chosen(self, names: Collection[str]) -> dict[str, str]:
        """Return the tools to offer: our name by the server's, in the server's order.

        Raises:
            ValueError: A name was asked for, to offer or to change, that the server does not have;
                or two tools would have the same one.
        """
        for asked in (*(self._include or ()), *self._renamed):
            if asked not in names and not (set(asked) & set("*?[")):
                offered = ", ".join(names) or "none"
                raise ValueError(f"The MCP server has no tool {asked!r}; it has: {offered}.")
        chosen: dict[str, str] = {}
        owners: dict[str, str] = {}
        for name in names:
            if self._wanted(name):
                chosen[name] = ours = self._named(name)
                if owners.setdefault(ours, name) != name:
                    raise ValueError(
                        f"The MCP server's tools {owners[ours]!r} and {name!r} would both be "
                        f"{ours!r}: change rename=."
                    )
        return chosen

    def _wanted(self, name: str) -> bool:
        included = self._include is None or _matches(name, self._include)
        return included and not _matches(name, self._exclude)

    def _named(self, name: str) -> str:
        ours = self._renamed.get(name, name)
        if self._rename is not None:
            ours = self._rename(ours)
        return self._prefix + ours


def _matches(name: str, patterns: Collection[str]) -> bool:
    return any(name == pattern or fnmatchcase(name, pattern) for pattern in patterns)
