"""What is known of an answer: what ``--json`` writes, and what is logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mirascope.llm.responses import RootResponse

__all__ = ["Record", "ToolRun", "add_turn", "tokens_told"]


@dataclass(kw_only=True)
class ToolRun:
    """A tool that ran while the answer was made."""

    name: str
    args: str
    """JSON."""
    result: object
    failed: bool = False


@dataclass(kw_only=True)
class Record:
    """A question, and its answer as far as it has come. All of it can be written as JSON."""

    model: str
    question: str
    started: str
    """In UTC, as ISO 8601 has it."""
    seconds: float = 0.0
    state: str = "failed"
    """As that of a response; ``complete`` where all of it has come."""
    error: str | None = None
    text: str = ""
    thoughts: list[str] = field(default_factory=list[str])
    value: object = None
    """What was asked for by a schema."""
    tool_runs: list[ToolRun] = field(default_factory=list[ToolRun])
    finish_reason: str | None = None
    usage: dict[str, int] | None = None
    """Of all requests together; None where the vendor reports none."""
    cost: str | None = None
    """With its currency; None where nobody asked, or knows."""


def add_turn(record: Record, response: RootResponse[Any, Any]) -> None:
    """Put what an answer says into the record; each turn of a tool loop is one."""
    record.model = response.model_id
    record.state = str(getattr(response, "state", "complete"))  # whole answers are complete
    record.text = "\n".join(filter(None, [record.text, response.text()]))
    record.thoughts += [thought.thought for thought in response.thoughts]
    reason = response.finish_reason
    record.finish_reason = None if reason is None else reason.value
    if (usage := response.usage) is None:
        return
    so_far = record.usage or {}
    record.usage = {
        name: so_far.get(name, 0) + getattr(usage, name)
        for name in (
            "input_tokens",
            "output_tokens",
            "cache_read_tokens",
            "cache_write_tokens",
            "reasoning_tokens",
        )
    }


def tokens_told(usage: dict[str, int] | None) -> Sequence[str]:
    """Return what to say of the tokens, as parts of a line."""
    if not usage:
        return ["no usage reported"]
    told = [f"{usage['input_tokens']} tokens in, {usage['output_tokens']} out"]
    if usage["reasoning_tokens"]:
        told.append(f"{usage['reasoning_tokens']} of them reasoning")
    return told
