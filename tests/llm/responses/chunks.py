"""Short ways to write chunks."""

from __future__ import annotations

from typing import Any

from mirascope import llm


def text(*deltas: str) -> list[Any]:
    return [
        llm.TextStartChunk(),
        *[llm.TextChunk(delta=delta) for delta in deltas],
        llm.TextEndChunk(),
    ]


def thought(*deltas: str) -> list[Any]:
    return [
        llm.ThoughtStartChunk(),
        *[llm.ThoughtChunk(delta=delta) for delta in deltas],
        llm.ThoughtEndChunk(),
    ]


def start(id: str, name: str = "tool") -> Any:
    return llm.ToolCallStartChunk(id=id, name=name)


def args(id: str, delta: str) -> Any:
    return llm.ToolCallChunk(id=id, delta=delta)


def end(id: str) -> Any:
    return llm.ToolCallEndChunk(id=id)


def call(id: str, *deltas: str, name: str = "tool") -> list[Any]:
    return [start(id, name), *[args(id, delta) for delta in deltas], end(id)]


def finish(reason: llm.FinishReason) -> Any:
    from mirascope.llm.responses import FinishReasonChunk

    return FinishReasonChunk(finish_reason=reason)


MIXED = [
    *thought("let me\n", "think"),
    *text("Hello", " world"),
    *call("1", '{"a"', ": 1}", name="add"),
    *call("2", name="now"),
    *text("bye"),
]

INTERLEAVED = [
    *text("calling"),
    start("1", "a"),
    start("2", "b"),
    args("1", '{"x"'),
    args("2", '{"y": '),
    args("1", ": 1}"),
    start("3", "c"),
    args("2", "2}"),
    end("2"),
    args("3", "  "),
    end("1"),
    end("3"),
]

CASES: dict[str, list[Any]] = {
    "empty": [],
    "text": text("Hello", " ", "world"),
    "empty text": text(),
    "empty text first": [*text(""), *text("a")],
    "two texts": [*text("Hello"), *text("World")],
    "thought": thought("one\ntwo\n", "\nthree"),
    "tool": call("1", '{"a": ', "1}"),
    "empty tool": call("1"),
    "blank tool": call("1", " ", "\n"),
    "mixed": MIXED,
    "interleaved": INTERLEAVED,
}
