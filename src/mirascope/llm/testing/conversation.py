"""One question as the simulator understands it, and its answer: no vendor's words in either."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from mirascope._wire.json_values import JsonObject
from mirascope.llm.responses.usage import Usage

__all__ = [
    "Call",
    "Finish",
    "Reply",
    "Said",
    "ToolOffer",
    "ToolResult",
    "TurnRequest",
    "tokens",
]

Finish: TypeAlias = Literal[
    "stop", "tool_calls", "stop_sequence", "max_tokens", "refusal", "context_length_exceeded"
]

_TOKEN = re.compile(r"\s*\S{1,12}|\s+")


def tokens(text: str) -> list[str]:
    """Cut `text` into what counts as its tokens: words as a rule; joined, they are `text` again."""
    return _TOKEN.findall(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOffer:
    """A tool that the model may call."""

    name: str
    schema: JsonObject
    """Of its arguments, in the words of JSON Schema whichever wire it came on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What a tool gave back."""

    name: str
    """Empty where the wire names the call only, and no such call is in the conversation."""
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One entry of the conversation."""

    by: Literal["user", "model"]
    text: str = ""
    results: tuple[ToolResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRequest:
    """What the simulated model is asked for; a scripted turn that is a function receives this."""

    wire: str
    """``chat``, ``responses``, ``messages`` or ``generate_content``."""
    model: str
    stream: bool
    system: str = ""
    conversation: tuple[Said, ...] = ()
    tools: tuple[ToolOffer, ...] = ()
    """Those that may be called, so none at all when the choice is not to call any."""
    must_call: bool = False
    one_call_at_a_time: bool = False
    schema: JsonObject | None = None
    """What the text of the answer has to fit, in the words of JSON Schema."""
    json_mode: bool = False
    """Whether the text has to be a JSON object, of whatever shape."""
    thinking: bool = False
    show_thoughts: bool = False
    max_tokens: int | None = None
    stop_sequences: tuple[str, ...] = ()
    body: JsonObject = field(default_factory=dict[str, object], repr=False)
    """The request's JSON as it was sent."""

    @property
    def question(self) -> str:
        """Return what the user said last."""
        return self._tail()[0]

    @property
    def results(self) -> tuple[ToolResult, ...]:
        """Return what tools have given back since the question."""
        return self._tail()[1]

    @property
    def input_tokens(self) -> int:
        """Return the approximate size of the request."""
        said = [
            text for s in self.conversation for text in (s.text, *(r.output for r in s.results))
        ]
        offered = [str(tool) for tool in self.tools]
        return sum(len(tokens(text)) for text in (self.system, *said, *offered))

    def _tail(self) -> tuple[str, tuple[ToolResult, ...]]:
        question = ""
        results: list[ToolResult] = []
        turn: list[Said] = []
        # What the user's side says without the model in between is one turn; the last turn that
        # brings no results asked the question, unless a later one says something beside results.
        for said in [*reversed(self.conversation), Said(by="model")]:
            if said.by == "user":
                turn.insert(0, said)
                continue
            brought = [result for s in turn for result in s.results]
            words = "\n".join(s.text for s in turn if s.text)
            results[:0] = brought
            question = question or words
            if turn and not brought:
                break
            turn = []
        return question, tuple(results)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A tool call of the answer."""

    id: str
    name: str
    args: str
    """JSON text; cut off where the answer's tokens ran out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole answer, ready for a wire. Parts are in this order: thoughts, texts, calls."""

    thoughts: tuple[str, ...] = ()
    show_thoughts: bool = True
    """Whether the wire shows them; they take tokens either way."""
    texts: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    finish: Finish = "stop"
    usage: Usage | None = None
    """None where the wire is to say nothing about it."""
    chunk_size: int | None = None
    """Characters a delta; None for one token a delta."""
    interleave: bool = False
    """Whether the deltas of several calls alternate, where the wire can tell them apart."""

    def deltas(self, text: str) -> list[str]:
        """Cut `text` into what a stream sends at a time."""
        size = self.chunk_size
        if size is None:
            return tokens(text)
        return [text[start : start + size] for start in range(0, len(text), size)]

    def call_deltas(self) -> list[tuple[int, str]]:
        """Return the deltas of every call's arguments, each with the number of its call.

        Every call has one at least, though it may be empty.
        """
        queues = [self.deltas(call.args) or [""] for call in self.calls]
        if not self.interleave:
            return [(number, delta) for number, queue in enumerate(queues) for delta in queue]
        longest = max((len(queue) for queue in queues), default=0)
        return [
            (number, queue[step])
            for step in range(longest)
            for number, queue in enumerate(queues)
            if step < len(queue)
        ]
