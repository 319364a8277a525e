"""What the simulated model is to say, turn by turn."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias, get_args

from mirascope.llm.content import AssistantContentPart, ToolCall
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.responses.usage import Usage
from mirascope.llm.testing.conversation import TurnRequest
from mirascope.llm.testing.draft import Draft
from mirascope.llm.testing.faults import Fault
from mirascope.llm.testing.patient_model import FORMAT_TOOL, call_id, patient_draft
from mirascope.llm.types.refusals import require, wrong_type

__all__ = ["Script", "ScriptExhausted", "ScriptedTurn", "Turn"]


class ScriptExhausted(AssertionError):
    """More was asked than the script has turns for.

    It is an assertion because the script, or the code under test, is not what the test expects; so
    neither `except llm.Error` nor a retry hides it.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One answer. What it says nothing about is as the patient model would have it.

    A turn without text, thoughts, parts, tool calls and json is the patient model's own answer,
    delivered as the other fields say.
    """

    text: str | Sequence[str] | None = None
    """One text part, or several where the wire has them."""
    thoughts: str | Sequence[str] | None = None
    """Sent whether or not the request asks for them."""
    parts: Sequence[AssistantContentPart] = ()
    """Parts of any kind, said in this order after text and thoughts: texts with citations, calls
    and outputs of tools of the vendor's, images, audio. Each wire says what it has words for."""
    tool_calls: Sequence[ToolCall | tuple[str, Mapping[str, object]]] = ()
    """As `llm.ToolCall`, or as name and arguments."""
    json: object = None
    """An answer in the requested format: as text, or through the format tool where that is
    offered."""
    finish_reason: FinishReason | None = None
    """None for a regular end; the wire's nearest word is used for another."""
    usage: Usage | None = None
    """None to count."""
    report_usage: bool = True
    """Whether the wire says anything about usage."""
    chunk_size: int | None = None
    """Characters a delta; None for a word a delta."""
    delay: float | None = None
    """Seconds before each delta."""
    split_bytes: int | None = None
    """Deliver the body in pieces of so many bytes, wherever that cuts it: within an event, or
    within a character."""
    interleave: bool = False
    """Whether the deltas of several tool calls alternate, on the two wires that allow it: Chat
    Completions and Responses."""
    fault: Fault | None = None
    """What goes wrong."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)
    """More headers of the answer, such as those that say what is left of a limit."""

    def __post_init__(self) -> None:
        for name in ("chunk_size", "split_bytes"):
            size = getattr(self, name)
            if size is not None and size < 1:
                raise ValueError(f"Turn.{name} must be at least 1, got {size!r}.")
        require("Turn.tool_calls", self.tool_calls, Iterable, "a list of calls")
        require("Turn.parts", self.parts, Iterable, "a list of parts, such as [llm.Text(...)]")
        for part in self.parts:
            require("A part of Turn.parts", part, get_args(AssistantContentPart), "a part")
        ids = [call.id for call in self.tool_calls if isinstance(call, ToolCall)]
        if twice := [id for id in ids if ids.count(id) > 1]:
            raise ValueError(f"Turn.tool_calls has the id {twice[0]!r} more than once.")

    def draft(self, request: TurnRequest, number: int) -> Draft:
        """Return the answer to `request`, with everything filled in."""
        draft = self._content(request, number)
        usage = (self.usage or draft.usage) if self.report_usage else None
        return replace(draft, usage=usage, chunk_size=self.chunk_size, interleave=self.interleave)

    def _content(self, request: TurnRequest, number: int) -> Draft:
        texts, thoughts = _several(self.text), _several(self.thoughts)
        calls = [_named(call) for call in self.tool_calls]
        if self.json is not None:
            written = json.dumps(self.json, ensure_ascii=False)
            tools = (tool.name for tool in request.tools)
            form = next((name for name in tools if name.startswith(FORMAT_TOOL)), None)
            if form is None:
                texts = (*texts, written)
            else:
                calls.append((None, form, written))
        if self.text is None and not (texts or thoughts or self.parts or calls):
            draft = patient_draft(request, number)
            return replace(draft, finish=self.finish_reason or draft.finish)
        draft = Draft(
            thoughts=thoughts,
            texts=texts,
            parts=tuple(self.parts),
            calls=tuple(
                ToolCall(id=id or call_id(request, number, index), name=name, args=args)
                for index, (id, name, args) in enumerate(calls)
            ),
            finish=self.finish_reason,
        )
        return draft.counted(request)


ScriptedTurn: TypeAlias = "str | Turn | Callable[[TurnRequest], str | Turn]"
"""A text, a `Turn`, or a function that decides when it knows the request."""


class Script:
    """Turns in the order in which requests come; not safe for several threads by itself."""

    def __init__(self, turns: Iterable[ScriptedTurn]) -> None:
        """Take the turns.

        Raises:
            TypeError: `turns` is no list of turns; a text alone would be a turn for each letter.
        """
        if isinstance(turns, str):
            raise wrong_type("script", 'a list of turns, such as ["Hello!"]', turns)
        require("script", turns, Iterable, 'a list of turns, such as ["Hello!"]')
        self._turns = list(turns)
        for turn in self._turns:
            if not callable(turn):
                require("A turn of a script", turn, (str, Turn), "a text, a Turn or a function")
        self._played = 0

    def next(self, request: TurnRequest) -> ScriptedTurn:
        """Return the next turn.

        Raises:
            ScriptExhausted: There is none.
        """
        if self._played == len(self._turns):
            raise ScriptExhausted(
                f"The script of {len(self._turns)} turn(s) is over, but {request.model} was asked "
                f"once more: {request.question[:200]!r}. Add a turn to simulate(script=[...])."
            )
        self._played += 1
        return self._turns[self._played - 1]


def _several(value: str | Sequence[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _named(call: ToolCall | tuple[str, Mapping[str, object]]) -> tuple[str | None, str, str]:
    if isinstance(call, ToolCall):
        return call.id, call.name, call.args
    name, args = call
    return None, name, json.dumps(dict(args), ensure_ascii=False)
