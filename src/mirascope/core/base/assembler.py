"""Tool calls out of their streamed pieces: one state machine for every vendor.

    new --first piece--> open --pieces--> open --complete--> tool

A call is complete when the vendor says so; when a piece of a later call, or a chunk without
pieces, arrives and its arguments are whole JSON; or, at the latest, with the finish reason or the
end of the stream. Calls complete in the order they were opened.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from mirascope._wire.partial_json import PartialJSON

from .call_response_chunk import BaseCallResponseChunk
from .partial_tool import partial_from_call
from .reading import Reading, ToolDelta
from .tool import BaseTool, tool_name

__all__ = ["Assembler"]


class _Call:
    """A tool call that is still arriving."""

    __slots__ = ("done", "id", "name", "pieces", "reader", "whole")

    def __init__(self) -> None:
        self.id: str | None = None
        self.name = ""
        self.pieces: list[str] = []
        self.whole: Mapping[str, Any] | None = None
        self.done = False
        self.reader = PartialJSON()

    def arguments(self) -> str:
        return json.dumps(self.whole) if self.whole is not None else "".join(self.pieces)

    def readable(self) -> bool:
        if self.done or self.whole is not None:
            return True
        # Cheap look first: only what ends an object can be whole.
        if not self.pieces or not self.pieces[-1].rstrip().endswith("}"):
            return False
        try:
            json.loads("".join(self.pieces))
        except ValueError:
            return False
        return True


class Assembler:
    """Pairs of chunk and tool out of chunks.

    Each SDK chunk is in at least one pair. Where one chunk brings several tools, the first pair
    has the chunk itself and each further one an echo: the same SDK object, with no text or usage
    of its own, so that nothing is shown or counted twice.
    """

    def __init__(
        self,
        tool_types: Sequence[type[BaseTool]],
        make_call: Callable[[str | None, str, str], Any],
        partial_tools: bool = False,
    ) -> None:
        """Start.

        Args:
            tool_types: The tools that were offered.
            make_call: Builds the vendor's own tool call of id, name and arguments as JSON text.
            partial_tools: Whether to yield tools while their arguments arrive.
        """
        self._types = {tool_name(tool): tool for tool in tool_types}
        self._make_call = make_call
        self._partial = partial_tools
        self._open: dict[Any, _Call] = {}
        self._latest: Any = None
        self._last_chunk: Any = None

    def feed(self, chunk: Any) -> list[tuple[Any, BaseTool | None]]:
        """Take the next chunk; give its pairs."""
        self._last_chunk = chunk
        reading: Reading = chunk.reading
        if not self._open and not reading.tools:
            return [(chunk, None)]
        tools: list[BaseTool] = []
        for delta in reading.tools:
            tools.extend(self._take(delta))
        if reading.finish_reasons:
            tools.extend(self._complete(final=True))
        elif not reading.tools or any(delta.done for delta in reading.tools):
            tools.extend(self._complete(final=False))
        return _pairs(chunk, tools)

    def finish(self) -> list[tuple[Any, BaseTool | None]]:
        """Take the end of the stream; give the tools that only the end completes."""
        tools = list(self._complete(final=True))
        return [(_echo(self._last_chunk), tool) for tool in tools]

    def _take(self, delta: ToolDelta) -> Iterator[BaseTool]:
        key = delta.position if delta.position is not None else self._latest
        call = self._open.get(key)
        if call is not None and delta.id and call.id and delta.id != call.id:
            # The same number again with another id: a vendor that does not count its calls.
            self._open[("replaced", call.id)] = self._open.pop(key)
            call.done = True
            call = None
        if call is None:
            if delta.name is None and delta.id is None:
                return
            yield from self._complete(final=False)
            call = self._open[key] = _Call()
        self._latest = key
        call.id = delta.id or call.id
        call.name = call.name or delta.name or ""
        call.done = call.done or delta.done
        if isinstance(delta.arguments, str):
            call.pieces.append(delta.arguments)
            if self._partial and delta.arguments:
                yield self._partial_tool(call, delta.arguments)
        elif delta.arguments is not None:
            call.whole = delta.arguments

    def _complete(self, *, final: bool) -> Iterator[BaseTool]:
        for key in list(self._open):
            call = self._open[key]
            if not final and not call.readable():
                return
            del self._open[key]
            yield self._tool(call)

    def _type(self, name: str) -> type[BaseTool]:
        if name not in self._types:
            raise RuntimeError(
                f"Unknown tool type in stream: {name}. Offered: {', '.join(sorted(self._types))}."
            )
        return self._types[name]

    def _tool(self, call: _Call) -> BaseTool:
        arguments = call.arguments()
        native = self._make_call(call.id, call.name, arguments.strip() or "{}")
        return self._type(call.name).from_tool_call(native)

    def _partial_tool(self, call: _Call, delta: str) -> BaseTool:
        call.reader.feed(delta)
        said = call.reader.value
        arguments = cast("dict[str, Any]", said) if isinstance(said, dict) else {}
        # The vendor's object must hold JSON, also where its end is still missing.
        native = self._make_call(call.id, call.name, json.dumps(arguments))
        return partial_from_call(self._type(call.name), native, arguments, delta)


def _pairs(chunk: Any, tools: list[BaseTool]) -> list[tuple[Any, BaseTool | None]]:
    if not tools:
        return [(chunk, None)]
    return [(chunk, tools[0]), *((_echo(chunk), tool) for tool in tools[1:])]


def _echo(chunk: BaseCallResponseChunk[Any, Any]) -> Any:
    reading = Reading()
    reading.id, reading.model = chunk.reading.id, chunk.reading.model
    return type(chunk).wrap(chunk.chunk, reading)
