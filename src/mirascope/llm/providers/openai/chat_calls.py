"""Tool calls of a Chat Completions stream: which delta belongs to which call.

OpenAI numbers the calls and names each one once. Other servers leave out the index (Mistral,
Google), the id (Ollama, some vLLM parsers), send the name late or again, or reuse index 0 for every
call; each rule below was seen in the wild.
"""

from __future__ import annotations

import json

from mirascope._wire.json_values import JsonObject
from mirascope.llm.formatting.json_text import Balance
from mirascope.llm.providers.emitter import Emitter
from mirascope.llm.providers.openai.chat_types import FunctionDelta, ToolCallDelta

__all__ = ["ToolCalls"]


_SHORT = 1000
"""Characters of arguments that are no object, beyond which they are not tried as JSON."""


class _Call:
    __slots__ = (
        "_balance",
        "_begins",
        "_closed",
        "_looked_at",
        "_size",
        "_whole",
        "args",
        "extra",
        "id",
        "name",
        "number",
        "wire_id",
    )

    def __init__(self, wire_id: str, number: int) -> None:
        self.wire_id = wire_id
        self.number = number
        """Its place among the calls of the answer."""
        self.id: str | None = None
        """The id under which it was started."""
        self.name = ""
        self.args: list[str] = []
        self.extra: JsonObject | None = None
        self._looked_at = 0
        self._size = 0
        self._begins = ""
        self._balance = Balance()
        self._closed = False
        self._whole = False

    def is_whole(self) -> bool:
        """Return whether the arguments so far are complete JSON.

        Each piece is looked at once, however often this is asked: an object is parsed when its last
        brace has come, and what comes after it makes it none.
        """
        new = "".join(self.args[self._looked_at :])
        self._looked_at = len(self.args)
        self._size += len(new)
        if not self._begins:
            new = new.lstrip()
            self._begins = new[:1]
        if self._begins != "{":
            return self._size <= _SHORT and self._is_json()
        if self._closed:
            self._whole = self._whole and not new.strip()
        elif (end := self._balance.end(new)) is not None:
            self._closed = True
            self._whole = not new[end:].strip() and self._is_json()
        return self._whole

    def _is_json(self) -> bool:
        try:
            json.loads("".join(self.args))
        except (ValueError, RecursionError):
            return False
        return True


class ToolCalls:
    """The calls of one answer, in the order they began.

    Args:
        emitter: Told about every call.
        first_number: Calls without an id are called ``call_<n>``, from this number on.
    """

    def __init__(self, emitter: Emitter, first_number: int) -> None:
        self._emitter = emitter
        self._first_number = first_number
        self._calls: list[_Call] = []
        self._by_index: dict[int, _Call] = {}
        self._by_id: dict[str, _Call] = {}
        """The last one that each id on the wire stands for."""
        self._grown: dict[_Call, None] = {}
        """Those with arguments that `end_whole` has not seen."""
        self.open: dict[_Call, None] = {}
        """Begun and not ended."""

    def add(self, delta: ToolCallDelta) -> None:
        """Take in a piece of a call; in a whole message, all of it."""
        if delta.function is None and delta.type not in (None, "function"):
            return  # a custom tool: nothing here could answer it
        function = delta.function or FunctionDelta()
        # Mistral writes what is null in Python's and JavaScript's words, too.
        wire_id = "" if delta.id in (None, "null") else str(delta.id)
        call = self._find(delta.index, wire_id, function.name or "")
        if call is None:
            call = _Call(wire_id, len(self._calls))
            self._calls.append(call)
            self.open[call] = None
        if delta.index is not None:
            self._by_index[delta.index] = call
        call.wire_id = call.wire_id or wire_id
        if call.wire_id and self._by_id.setdefault(call.wire_id, call).number < call.number:
            self._by_id[call.wire_id] = call
        call.extra = delta.extra_content or call.extra
        self._grow(call, function)

    def add_legacy(self, function: FunctionDelta) -> None:
        """Take in a piece of the one call of the time before tool calls."""
        call = self._calls[0] if self._calls else None
        if call is None:
            self.add(ToolCallDelta(index=0, function=function))
        else:
            self._grow(call, function)

    def _find(self, index: int | None, wire_id: str, name: str) -> _Call | None:
        """Return the call that a delta continues, None if it begins one."""
        if index is not None:
            call = self._by_index.get(index)
        elif wire_id:
            return self._by_id.get(wire_id)
        else:
            call = self._calls[-1] if self._calls else None
        if call is None or not name or not call.name:
            return call
        if wire_id and call.wire_id:
            return call if wire_id == call.wire_id else None
        # A name again, and no ids to tell the calls apart.
        return None if name != call.name or call.is_whole() else call

    def _grow(self, call: _Call, function: FunctionDelta) -> None:
        args = function.arguments
        if args is not None and not isinstance(args, str):
            args = json.dumps(args, ensure_ascii=False)
        call.name = call.name or function.name or ""
        if call.id is None and call.name:
            self._start(call)
        if args:
            call.args.append(args)
            self._grown[call] = None
            if call.id is not None:
                self._emitter.tool_args(call.id, args)

    def _start(self, call: _Call) -> None:
        number = self._first_number + call.number
        call.id = self._emitter.tool_start(call.wire_id or f"call_{number}", call.name)
        for args in call.args:
            self._emitter.tool_args(call.id, args)
        self._grown[call] = None  # it may have been whole before it had a name

    def are_whole(self) -> bool:
        """Return whether no open call lacks a part of its arguments."""
        return all(call.name and (not call.args or call.is_whole()) for call in self.open)

    def end_whole(self) -> None:
        """End the calls whose arguments are complete: something else begins."""
        for call in self._grown:
            if call.id is not None and call in self.open and call.is_whole():
                del self.open[call]
                self._emitter.tool_end(call.id)
        self._grown.clear()

    def end(self) -> None:
        """End all calls; one that never got a name is shown without."""
        for call in self.open:
            if call.id is None:
                self._start(call)
            self._emitter.tool_end(call.id or "")
        self.open.clear()

    def raw(self) -> list[JsonObject]:
        """Return the calls as they go into a message, with the ids they were started under."""
        calls: list[JsonObject] = []
        for call in self._calls:
            args = "".join(call.args)
            function = {"name": call.name, "arguments": args if args.strip() else "{}"}
            raw: dict[str, object] = {"id": call.id, "type": "function", "function": function}
            if call.extra is not None:
                raw["extra_content"] = call.extra
            calls.append(raw)
        return calls
