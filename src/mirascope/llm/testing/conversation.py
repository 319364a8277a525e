"""One question as the simulated model understands it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Literal

from mirascope._wire.json_values import JsonObject
from mirascope.llm.messages import AssistantMessage, Message, UserMessage
from mirascope.llm.wires import Asked, ToolOffer

__all__ = ["Said", "ToolOffer", "ToolResult", "TurnRequest", "tokens", "turn_request"]

_TOKEN = re.compile(r"\s*\S{1,12}|\s+")


def tokens(text: str) -> list[str]:
    """Cut `text` into what counts as its tokens: words as a rule; joined, they are `text` again."""
    return _TOKEN.findall(text)


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
    """``chat``, ``responses``, ``messages``, ``generate_content``, ``cohere``, ``converse``
    or ``invoke``."""
    model: str
    stream: bool
    system: str = ""
    messages: tuple[Message, ...] = ()
    """The conversation in full: system messages, images, tool calls and all."""
    conversation: tuple[Said, ...] = ()
    """What of it is text."""
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


def turn_request(asked: Asked) -> TurnRequest:
    """Return what a wire's request is for the simulated model."""
    choice, offered = asked.tool_choice, asked.tools
    named = None if choice in (None, "auto", "none", "required") else choice
    if choice == "none":
        offered = ()
    elif only := (named,) if named else asked.allowed_tools:
        offered = tuple(tool for tool in offered if tool.name in only)
    thinking, format, params = asked.thinking, asked.format, asked.params
    return TurnRequest(
        wire=asked.wire,
        model=asked.model,
        stream=asked.stream,
        system="\n".join(m.content.text for m in asked.messages if m.role == "system"),
        messages=asked.messages,
        conversation=tuple(_said(m) for m in asked.messages if m.role != "system"),
        tools=offered,
        must_call=choice == "required" or named is not None,
        one_call_at_a_time=asked.one_call_at_a_time,
        schema=(format.schema or None) if format else None,
        json_mode=format is not None and format.schema is None,
        thinking=thinking is not None and thinking.level != "none",
        show_thoughts=thinking is not None and thinking.show,
        max_tokens=params.get("max_tokens"),
        stop_sequences=tuple(params.get("stop_sequences", ())),
        body=asked.body,
    )


def _said(message: UserMessage | AssistantMessage) -> Said:
    text = "\n".join(part.text for part in message.content if part.type == "text")
    if message.role == "assistant":
        return Said(by="model", text=text)
    results = tuple(
        ToolResult(name=part.name, output=_output(part.result))
        for part in message.content
        if part.type == "tool_output"
    )
    return Said(by="user", text=text, results=results)


def _output(result: object) -> str:
    """Return a tool's output as text, written as the wires write JSON."""
    if isinstance(result, str):
        return result
    return json.dumps(result, ensure_ascii=False, separators=(",", ":"))
