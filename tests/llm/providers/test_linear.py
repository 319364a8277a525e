"""Decoding takes time in proportion to what came, however a server puts it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mirascope.llm.providers import ROWS
from mirascope.llm.providers.codec import WireEvent
from tests.linear import LINEAR, growth
from tests.llm.providers.traffic import request

Stream = Callable[[int], Iterator[dict[str, Any]]]


def chat(**delta: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta}]}


def piece(index: int | None, args: str, **more: Any) -> dict[str, Any]:
    function = {"arguments": args, **({"name": more.pop("name")} if "name" in more else {})}
    place = {} if index is None else {"index": index}
    return chat(tool_calls=[{**place, **more, "function": function}])


def an_open_call_between_content(n: int) -> Iterator[dict[str, Any]]:
    yield piece(0, '{"text": "', id="a", name="f")
    for _ in range(n):
        yield piece(0, "word ")
        yield chat(content="x")


def open_calls_before_content(n: int) -> Iterator[dict[str, Any]]:
    for index in range(n):
        yield piece(index, "{", id=f"a{index}", name="f")
    for _ in range(n):
        yield chat(content="x")


def nameless_calls_before_content(n: int) -> Iterator[dict[str, Any]]:
    for index in range(n):
        yield piece(index, "{}")
    for _ in range(n):
        yield chat(content="x")


def a_name_repeated_without_an_id(n: int) -> Iterator[dict[str, Any]]:
    yield piece(None, '{"text": "', name="f")
    for _ in range(n):
        yield piece(None, "word ", name="f")


def arguments_that_are_whole_and_go_on(n: int) -> Iterator[dict[str, Any]]:
    yield piece(None, "{}", name="f")
    for _ in range(n):
        yield piece(0, " " * 20)
        yield piece(None, " " * 20, name="f")


def arguments_that_are_no_object(n: int) -> Iterator[dict[str, Any]]:
    yield piece(None, '"', name="f")
    for _ in range(n):
        yield piece(None, "word ", name="f")


def calls_without_an_index(n: int) -> Iterator[dict[str, Any]]:
    for number in range(n):
        yield piece(None, "{}", id=f"a{number}", name="f")


def calls_with_the_same_id(n: int) -> Iterator[dict[str, Any]]:
    for index in range(n):
        yield piece(index, "{}", id="a", name="f")


def a_transcript(n: int) -> Iterator[dict[str, Any]]:
    for _ in range(10 * n):
        yield chat(audio={"transcript": "word " * 20})


def google(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"candidates": [{"content": {"parts": list(parts)}, **more}]}


def google_calls_without_an_id(n: int) -> Iterator[dict[str, Any]]:
    for _ in range(n):
        yield google({"functionCall": {"name": "f", "args": {}}})


def google_arguments_in_pieces(n: int) -> Iterator[dict[str, Any]]:
    yield google({"functionCall": {"name": "f", "willContinue": True}})
    for _ in range(4 * n):
        for path in ("$.a", "$['b']"):
            text = {"jsonPath": path, "stringValue": "word " * 40}
            yield google({"functionCall": {"partialArgs": [text], "willContinue": True}})


def tools_of_the_server_between_reports(n: int) -> Iterator[dict[str, Any]]:
    for index in range(n):
        block: dict[str, Any] = {"type": "server_tool_use", "name": "web_search", "input": {}}
        yield {"type": "content_block_start", "index": index, "content_block": block}
        yield {"type": "content_block_stop", "index": index}
        yield {"type": "message_delta", "delta": {}, "usage": {"output_tokens": index}}


def reports_after_many_iterations(n: int) -> Iterator[dict[str, Any]]:
    iterations = [{"type": "compaction", "input_tokens": 1}] * n
    yield {"type": "message_delta", "delta": {}, "usage": {"iterations": iterations}}
    for index in range(n):
        yield {"type": "message_delta", "delta": {}, "usage": {"output_tokens": index}}


def items_without_an_index(n: int) -> Iterator[dict[str, Any]]:
    for number in range(n):
        call = {"type": "function_call", "call_id": f"a{number}", "name": "f", "arguments": "{}"}
        yield {"type": "response.output_item.added", "item": call}
        yield {"type": "response.output_item.done", "item": call}


def items_only_the_end_tells(n: int) -> Iterator[dict[str, Any]]:
    calls = [
        {"type": "function_call", "call_id": f"a{number}", "name": "f", "arguments": "{}"}
        for number in range(n)
    ]
    yield {"type": "response.output_item.done", "item": {"type": "message", "content": []}}
    yield {"type": "response.completed", "response": {"status": "completed", "output": calls}}


def cohere(kind: str, index: int, **message: Any) -> dict[str, Any]:
    return {"type": kind, "index": index, "delta": {"message": message}}


def blocks_that_stay_open(n: int) -> Iterator[dict[str, Any]]:
    for index in range(n):
        yield cohere("content-start", index, content={"type": "text", "text": "a"})
        yield cohere("content-delta", index, content={"text": "b"})
    yield {"type": "message-end", "delta": {}}


def calls_that_stay_open(n: int) -> Iterator[dict[str, Any]]:
    for index in range(n):
        call = {"id": "a", "function": {"name": "f", "arguments": "{"}}
        yield cohere("tool-call-start", index, tool_calls=call)
        yield cohere("tool-call-delta", index, tool_calls={"function": {"arguments": "}"}})
    yield {"type": "message-end", "delta": {}}


def plans_and_citations(n: int) -> Iterator[dict[str, Any]]:
    for index in range(n):
        yield cohere("tool-plan-delta", index, tool_plan="a")
        yield cohere("citation-start", index, citations={"start": index})
    yield {"type": "message-end", "delta": {}}


CASES: list[tuple[str, Stream]] = [
    ("openai:completions", an_open_call_between_content),
    ("openai:completions", open_calls_before_content),
    ("openai:completions", nameless_calls_before_content),
    ("openai:completions", a_name_repeated_without_an_id),
    ("openai:completions", arguments_that_are_whole_and_go_on),
    ("openai:completions", arguments_that_are_no_object),
    ("openai:completions", calls_without_an_index),
    ("openai:completions", calls_with_the_same_id),
    ("openai:completions", a_transcript),
    ("google", google_calls_without_an_id),
    ("google", google_arguments_in_pieces),
    ("anthropic", tools_of_the_server_between_reports),
    ("anthropic", reports_after_many_iterations),
    ("openai:responses", items_without_an_index),
    ("openai:responses", items_only_the_end_tells),
    ("cohere", blocks_that_stay_open),
    ("cohere", calls_that_stay_open),
    ("cohere", plans_and_citations),
]


@pytest.mark.parametrize(
    ("provider", "stream"), CASES, ids=lambda case: getattr(case, "__name__", case)
)
def test_decoding_is_linear(provider: str, stream: Stream) -> None:
    def decode(n: int) -> Callable[[], object]:
        asked = request("my/model")
        decoder = ROWS[provider].route("my/model", asked.messages).decoder(asked)
        events: list[WireEvent] = [("", json.dumps(event).encode()) for event in stream(n)]
        return lambda: [decoder.feed(event) for event in events] + [decoder.close()]

    assert growth(decode, 1000) < LINEAR
