"""Answers on every wire, as the vendors write them; made without any code of the package.

Sources: recordings of real streams and the vendors' references (2025-11):
platform.openai.com/docs/api-reference/chat and /responses-streaming,
docs.claude.com/en/docs/build-with-claude/streaming, ai.google.dev/api/generate-content.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from attack.answers import Answer, Event, Wire, sse
from attack.cohere import COHERE
from attack.converse import CONVERSE

__all__ = ["CHAT", "WIRES"]


# --- OpenAI, chat completions

CHAT = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
CHAT_USAGE = {
    "prompt_tokens": 20,
    "completion_tokens": 9,
    "total_tokens": 29,
    "prompt_tokens_details": {"cached_tokens": 16, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 4},
}


def _chat_delta(finish: str | None = None, text: str = "", **delta: object) -> Event:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return Event("", {**CHAT, "choices": [choice], "usage": None}, text)


def _chat(deltas: Sequence[Event], finish: str, message: dict[str, object]) -> Answer:
    events = [
        _chat_delta(role="assistant", content="", refusal=None),
        *deltas,
        _chat_delta(finish),
        Event("", {**CHAT, "choices": [], "usage": CHAT_USAGE}),
        Event("", b"[DONE]"),
    ]
    choice = {
        "index": 0,
        "message": {"role": "assistant", "refusal": None, "annotations": [], **message},
        "logprobs": None,
        "finish_reason": finish,
    }
    whole = {**CHAT, "object": "chat.completion", "choices": [choice], "usage": CHAT_USAGE}
    return Answer(events, whole, len(events) - 3, len(events) - 3)


def chat_plain(pieces: Sequence[str]) -> Answer:
    deltas = [_chat_delta(text=piece, content=piece) for piece in pieces]
    return _chat(deltas, "stop", {"content": "".join(pieces)})


def chat_rich() -> Answer:
    cited = {"start_index": 0, "end_index": 7, "url": "https://example.com", "title": "Atlas"}
    annotation = {"type": "url_citation", "url_citation": cited}

    def call(index: int, arguments: str, id: str | None = None, name: str | None = None) -> Event:
        function: dict[str, object] = {"arguments": arguments}
        one: dict[str, object] = {"index": index, "function": function}
        if id:
            one |= {"id": id, "type": "function"}
            function["name"] = name
        return _chat_delta(tool_calls=[one])

    deltas = [
        _chat_delta(reasoning_content="Two cities, "),
        _chat_delta(reasoning_content="two calls."),
        _chat_delta(text="Looking.", content="Looking."),
        _chat_delta(annotations=[annotation]),
        _chat_delta(audio={"id": "audio_1", "data": "c291", "transcript": "Look"}),
        _chat_delta(audio={"id": "audio_1", "data": "bmQ=", "transcript": "ing."}),
        call(0, "", "call_a", "weather"),
        call(0, '{"city":'),
        call(1, '{"zone":"CET"}', "call_b", "now"),
        call(0, '"Wien"}'),
    ]
    calls = [
        {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}
        for id, name, arguments in (
            ("call_a", "weather", '{"city":"Wien"}'),
            ("call_b", "now", '{"zone":"CET"}'),
        )
    ]
    message = {
        "content": "Looking.",
        "reasoning_content": "Two cities, two calls.",
        "annotations": [annotation],
        "audio": {"id": "audio_1", "data": "c291bmQ=", "transcript": "Looking."},
        "tool_calls": calls,
    }
    return _chat(deltas, "tool_calls", message)


def openai_error(message: Any, code: str) -> Any:
    return {"error": {"message": message, "type": "invalid_request", "param": None, "code": code}}


# --- OpenAI, responses


def _response(status: str, output: Sequence[object], usage: object = None) -> dict[str, object]:
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": "m",
        "error": None,
        "incomplete_details": None,
        "status": status,
        "output": output,
        "usage": usage,
    }


RESPONSES_USAGE = {
    "input_tokens": 30,
    "input_tokens_details": {"cached_tokens": 8},
    "output_tokens": 12,
    "output_tokens_details": {"reasoning_tokens": 3},
    "total_tokens": 42,
}


def _responses(steps: Sequence[tuple[str, dict[str, Any], str]], output: Sequence[Any]) -> Answer:
    whole = _response("completed", output, RESPONSES_USAGE)
    start = _response("in_progress", [])
    every = [
        ("response.created", {"response": start}, ""),
        ("response.in_progress", {"response": start}, ""),
        *steps,
        ("response.completed", {"response": whole}, ""),
    ]
    events = [
        Event(name, {"type": name, "sequence_number": number, **fields}, text)
        for number, (name, fields, text) in enumerate(every)
    ]
    return Answer(events, whole, len(events) - 1, len(events) - 1)


def _message_steps(
    index: int, pieces: Sequence[str]
) -> tuple[list[tuple[str, dict[str, Any], str]], dict[str, Any]]:
    text = "".join(pieces)
    part = {"type": "output_text", "annotations": [], "logprobs": [], "text": text}
    item = {"id": f"msg_{index}", "type": "message", "status": "completed", "role": "assistant"}
    at = {"output_index": index, "item_id": item["id"], "content_index": 0}
    steps = [
        ("response.output_item.added", {"output_index": index, "item": {**item, "content": []}}, "")
    ]
    steps.append(("response.content_part.added", {**at, "part": {**part, "text": ""}}, ""))
    steps += [("response.output_text.delta", {**at, "delta": piece}, piece) for piece in pieces]
    steps.append(("response.output_text.done", {**at, "text": text}, ""))
    steps.append(("response.content_part.done", {**at, "part": part}, ""))
    done = {**item, "content": [part]}
    steps.append(("response.output_item.done", {"output_index": index, "item": done}, ""))
    return steps, done


def responses_plain(pieces: Sequence[str]) -> Answer:
    steps, item = _message_steps(0, pieces)
    return _responses(steps, [item])


def responses_rich() -> Answer:
    reasoning = {
        "id": "rs_0",
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": "Two cities."}],
        "encrypted_content": "c2ln",
    }
    at = {"output_index": 0, "item_id": "rs_0", "summary_index": 0}
    part = {"type": "summary_text", "text": "Two cities."}
    steps: list[tuple[str, dict[str, Any], str]] = [
        (
            "response.output_item.added",
            {"output_index": 0, "item": {**reasoning, "summary": []}},
            "",
        ),
        ("response.reasoning_summary_part.added", {**at, "part": {**part, "text": ""}}, ""),
        ("response.reasoning_summary_text.delta", {**at, "delta": "Two cities."}, ""),
        ("response.reasoning_summary_text.done", {**at, "text": "Two cities."}, ""),
        ("response.output_item.done", {"output_index": 0, "item": reasoning}, ""),
    ]
    more, message = _message_steps(1, ["Look", "ing."])
    annotation = {
        "type": "url_citation",
        "start_index": 0,
        "end_index": 7,
        "url": "https://example.com",
        "title": "Atlas",
    }
    where = {"output_index": 1, "item_id": message["id"], "content_index": 0}
    cited = {**where, "annotation_index": 0, "annotation": annotation}
    more.insert(-3, ("response.output_text.annotation.added", cited, ""))
    message["content"][0]["annotations"] = [annotation]
    steps += more
    action = {"type": "search", "query": "Wien", "sources": [{"type": "url", "url": "x"}]}
    search = {"id": "ws_1", "type": "web_search_call", "status": "completed", "action": action}
    image = {
        "id": "ig_1",
        "type": "image_generation_call",
        "status": "completed",
        "output_format": "png",
        "result": "iVBORw0KGgo=",
    }
    partial = {"partial_image_index": 0, "partial_image_b64": "iVBORw0KGgo="}
    for index, item in ((4, search), (5, image)):
        steps.append(("response.output_item.added", {"output_index": index, "item": item}, ""))
        if item is image:
            kind = "response.image_generation_call.partial_image"
            steps.append((kind, {"output_index": index, "item_id": "ig_1", **partial}, ""))
        steps.append(("response.output_item.done", {"output_index": index, "item": item}, ""))
    output: list[Any] = [reasoning, message, search, image]
    for index, (name, arguments) in enumerate(
        (("weather", '{"city":"Wien"}'), ("now", '{"zone":"CET"}')), 2
    ):
        item = {
            "id": f"fc_{index}",
            "type": "function_call",
            "status": "completed",
            "call_id": f"call_{index}",
            "name": name,
            "arguments": arguments,
        }
        at = {"output_index": index, "item_id": item["id"]}
        kind = "response.function_call_arguments"
        steps += [
            (
                "response.output_item.added",
                {"output_index": index, "item": {**item, "arguments": ""}},
                "",
            ),
            (f"{kind}.delta", {**at, "delta": arguments[:6]}, ""),
            (f"{kind}.delta", {**at, "delta": arguments[6:]}, ""),
            (f"{kind}.done", {**at, "arguments": arguments}, ""),
            ("response.output_item.done", {"output_index": index, "item": item}, ""),
        ]
        output.append(item)
    return _responses(steps, output)


# --- Anthropic, messages

MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-x"}
ANTHROPIC_USAGE = {
    "input_tokens": 10,
    "cache_creation_input_tokens": 3,
    "cache_read_input_tokens": 4,
    "output_tokens": 40,
    "output_tokens_details": {"thinking_tokens": 12},
}


def _block(index: int, start: dict[str, Any], *deltas: tuple[dict[str, Any], str]) -> list[Event]:
    def event(kind: str, text: str = "", **fields: object) -> Event:
        return Event(kind, {"type": kind, "index": index, **fields}, text)

    return [
        event("content_block_start", content_block=start),
        *(event("content_block_delta", text, delta=delta) for delta, text in deltas),
        event("content_block_stop"),
    ]


def _messages(blocks: Sequence[Event], stop: str, content: Sequence[Any]) -> Answer:
    usage = {**ANTHROPIC_USAGE, "output_tokens": 1}
    start = {**MESSAGE, "content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}
    delta = {"stop_reason": stop, "stop_sequence": None}
    ends = {"type": "message_delta", "delta": delta, "usage": ANTHROPIC_USAGE}
    events = [
        Event("message_start", {"type": "message_start", "message": start}),
        Event("ping", {"type": "ping"}),
        *blocks,
        Event("message_delta", ends),
        Event("message_stop", {"type": "message_stop"}),
    ]
    whole = {**MESSAGE, "content": content, **delta, "usage": ANTHROPIC_USAGE}
    return Answer(events, whole, len(events) - 2, len(events) - 1)


def messages_plain(pieces: Sequence[str]) -> Answer:
    deltas = [({"type": "text_delta", "text": piece}, piece) for piece in pieces]
    blocks = _block(0, {"type": "text", "text": ""}, *deltas)
    return _messages(blocks, "end_turn", [{"type": "text", "text": "".join(pieces)}])


def messages_rich() -> Answer:
    def json_delta(piece: str) -> tuple[dict[str, Any], str]:
        return {"type": "input_json_delta", "partial_json": piece}, ""

    tool = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {}}
    now = {"type": "tool_use", "id": "toolu_2", "name": "now", "input": {}}
    thinking = {"type": "thinking", "thinking": "", "signature": ""}
    redacted = {"type": "redacted_thinking", "data": "cmVk"}
    text = ({"type": "text_delta", "text": "Looking."}, "Looking.")
    citation = {
        "type": "web_search_result_location",
        "url": "https://example.com",
        "title": "Atlas",
        "cited_text": "Wien",
        "encrypted_index": "aWR4",
    }
    asked = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
    result = {"type": "web_search_result", "url": "https://example.com", "title": "Atlas"}
    found = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [result]}
    blocks = [
        *_block(
            0,
            thinking,
            ({"type": "thinking_delta", "thinking": "Two cities."}, ""),
            ({"type": "signature_delta", "signature": "c2ln"}, ""),
        ),
        *_block(1, redacted),
        *_block(
            2,
            {"type": "text", "text": ""},
            text,
            ({"type": "citations_delta", "citation": citation}, ""),
        ),
        *_block(5, asked, json_delta('{"query": "Wien"}')),
        *_block(6, found),
        *_block(3, tool, json_delta('{"city": "Wi'), json_delta('en"}')),
        *_block(4, now, json_delta("")),
    ]
    content = [
        {"type": "thinking", "thinking": "Two cities.", "signature": "c2ln"},
        redacted,
        {"type": "text", "text": "Looking.", "citations": [citation]},
        {**asked, "input": {"query": "Wien"}},
        found,
        {**tool, "input": {"city": "Wien"}},
        now,
    ]
    return _messages(blocks, "tool_use", content)


def anthropic_error(message: Any, code: str) -> Any:
    return {"type": "error", "error": {"type": code, "message": message}, "request_id": "req_1"}


# --- Google, generateContent

GOOGLE_USAGE = {
    "promptTokenCount": 20,
    "candidatesTokenCount": 30,
    "thoughtsTokenCount": 9,
    "totalTokenCount": 59,
}


def _google(parts: Sequence[tuple[list[Any], str]], whole: Sequence[Any]) -> Answer:
    def document(parts: Sequence[Any], finish: str | None) -> Any:
        candidate: dict[str, Any] = {"index": 0, "content": {"parts": parts, "role": "model"}}
        if finish:
            candidate["finishReason"] = finish
        return {
            "candidates": [candidate],
            "usageMetadata": GOOGLE_USAGE,
            "modelVersion": "gemini-x",
            "responseId": "r1",
        }

    last = len(parts) - 1
    events = [
        Event("", document(one, "STOP" if number == last else None), text)
        for number, (one, text) in enumerate(parts)
    ]
    return Answer(events, document(whole, "STOP"), last, last)


def google_plain(pieces: Sequence[str]) -> Answer:
    parts: list[tuple[list[Any], str]] = [([{"text": piece}], piece) for piece in pieces]
    return _google([*parts, ([{"text": ""}], "")], [{"text": "".join(pieces)}])


def google_rich() -> Answer:
    thought = {"text": "Two cities.", "thought": True}
    text = {"text": "Looking."}
    calls = [
        {
            "functionCall": {"name": "weather", "args": {"city": "Wien"}},
            "thoughtSignature": "c2lnMQ==",
        },
        {"functionCall": {"id": "2", "name": "now", "args": {"zone": "CET"}}},
    ]
    made = [
        {"executableCode": {"language": "PYTHON", "code": "1 + 1"}},
        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "2"}},
        {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}},
    ]
    parts = [([thought], ""), ([text], "Looking."), (made, ""), (calls, ""), ([{"text": ""}], "")]
    answer = _google(parts, [thought, text, *made, *calls])
    support = {"segment": {"startIndex": 0, "endIndex": 7}, "groundingChunkIndices": [0]}
    for document in (answer.whole, answer.events[-1].document):
        document["candidates"][0]["groundingMetadata"] = {
            "webSearchQueries": ["Wien"],
            "groundingChunks": [{"web": {"uri": "https://example.com", "title": "Atlas"}}],
            "groundingSupports": [support],
        }
    return answer


def google_error(message: Any, code: str) -> Any:
    return {"error": {"code": 400, "message": message, "status": code, "details": []}}


WIRES = (
    Wire(
        "chat",
        "openai:completions",
        "openai/chat-m",
        "authorization",
        chat_plain,
        chat_rich,
        openai_error,
        partial(sse, ""),
    ),
    Wire(
        "responses",
        "openai:responses",
        "openai/resp-m",
        "authorization",
        responses_plain,
        responses_rich,
        openai_error,
        partial(sse, "error"),
    ),
    Wire(
        "messages",
        "anthropic",
        "anthropic/claude-x",
        "x-api-key",
        messages_plain,
        messages_rich,
        anthropic_error,
        partial(sse, "error"),
    ),
    Wire(
        "google",
        "google",
        "google/gemini-x",
        "x-goog-api-key",
        google_plain,
        google_rich,
        google_error,
        partial(sse, ""),
    ),
    COHERE,
    CONVERSE,
)
