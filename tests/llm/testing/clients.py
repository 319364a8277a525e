"""Clients of the wires, written for these tests alone: plain JSON, nothing of the library."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from mirascope.llm.testing import Simulator
from mirascope.llm.transport.http import HttpRequest
from mirascope.llm.transport.memory import MemoryReply

__all__ = ["CLIENTS", "FORMAT_TOOL", "Answer", "Client", "Question", "content", "events", "post"]

FORMAT_TOOL = "__mirascope_formatted_output_tool__"


@dataclass(kw_only=True)
class Question:
    """What a client asks, in no vendor's words."""

    text: str = "What's the square root of 4242?"
    system: str = ""
    tools: Mapping[str, Any] = field(default_factory=dict)
    """Schema by name."""
    choice: str = "auto"
    """auto, none, required, or a tool's name."""
    alone: bool = False
    turns: Sequence[Any] = ()
    """What came after the text: an `Answer`, or results by the position of the call in it."""
    schema: Any = None
    json_mode: bool = False
    thinking: bool = False
    max_tokens: int | None = None
    stop: str | None = None
    stream: bool = False


@dataclass(kw_only=True)
class Answer:
    """What a client understands."""

    thoughts: str = ""
    texts: list[str] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    """id, name and args, which are JSON text."""
    finish: str | None = None
    usage: tuple[int, int, int] | None = None
    """Input, output, reasoning."""
    signed: bool = False
    complete: bool = False
    """Whether the wire's last event came."""
    deltas: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def args(self) -> list[Any]:
        return [json.loads(call["args"]) for call in self.calls]


def post(simulator: Simulator, url: str, body: Any, **headers: str) -> MemoryReply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return simulator.handle(HttpRequest(url=url, headers=headers, body=content))


def content(reply: MemoryReply) -> bytes:
    return b"".join(step for step in reply.chunks if isinstance(step, bytes))


def events(data: bytes) -> list[tuple[str, str]]:
    """Return name and payload of server-sent events, whichever line ends they have."""
    found = []
    for block in data.decode().replace("\r\n", "\n").split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if line)
        if lines:
            found.append((lines.get("event", ""), lines["data"]))
    return found


class Client(ABC):
    """One wire."""

    name: str
    finishes: Mapping[str, str]

    @abstractmethod
    def url(self, question: Question) -> str: ...

    @abstractmethod
    def body(self, question: Question) -> dict[str, Any]: ...

    @abstractmethod
    def read_whole(self, body: Any) -> Answer: ...

    @abstractmethod
    def read_stream(self, data: bytes) -> Answer: ...

    def error(self, body: Any) -> Any:
        """Return what an error's body says."""
        return body["error"]

    def ask(self, simulator: Simulator, question: Question) -> Answer:
        reply = self.send(simulator, question)
        assert reply.status == 200, content(reply)
        return self.read(content(reply), question)

    def send(self, simulator: Simulator, question: Question) -> MemoryReply:
        return post(simulator, self.url(question), self.body(question))

    def read(self, data: bytes, question: Question) -> Answer:
        return self.read_stream(data) if question.stream else self.read_whole(json.loads(data))


def without_empty(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if value not in (None, [], {}, False)}


class Chat(Client):
    name = "chat"
    finishes = MappingProxyType(
        {"stop": "stop", "tools": "tool_calls", "limit": "length", "refusal": "stop"}
    )

    def url(self, question: Question) -> str:
        return "https://api.openai.com/v1/chat/completions"

    def body(self, question: Question) -> dict[str, Any]:
        messages: list[Any] = [{"role": "system", "content": question.system}]
        messages = messages if question.system else []
        messages.append({"role": "user", "content": [{"type": "text", "text": question.text}]})
        calls: list[Any] = []
        for turn in question.turns:
            if isinstance(turn, Answer):
                calls = turn.calls
                messages.append(
                    {
                        "role": "assistant",
                        "content": turn.text or None,
                        "tool_calls": [
                            {
                                "id": call["id"],
                                "type": "function",
                                "function": {"name": call["name"], "arguments": call["args"]},
                            }
                            for call in calls
                        ],
                    }
                )
            elif isinstance(turn, str):
                messages.append({"role": "user", "content": turn})
            else:
                for call, result in zip(calls, turn, strict=True):
                    messages.append({"role": "tool", "tool_call_id": call["id"], "content": result})
        choice: Any = question.choice
        if choice not in ("auto", "none", "required"):
            choice = {"type": "function", "function": {"name": choice}}
        response_format = None
        if question.schema:
            shape = {"name": "shape", "schema": question.schema, "strict": True}
            response_format = {"type": "json_schema", "json_schema": shape}
        elif question.json_mode:
            response_format = {"type": "json_object"}
        body = {
            "model": "gpt-5-mini",
            "messages": messages,
            "tools": [
                {"type": "function", "function": {"name": name, "parameters": schema}}
                for name, schema in question.tools.items()
            ],
            "tool_choice": choice if question.tools else None,
            "response_format": response_format,
            "reasoning_effort": "low" if question.thinking else None,
            "max_completion_tokens": question.max_tokens,
            "stop": [question.stop] if question.stop else None,
            "stream": question.stream,
            "stream_options": {"include_usage": True} if question.stream else None,
        }
        return {**without_empty(body), **({"parallel_tool_calls": False} if question.alone else {})}

    def usage(self, usage: Any) -> tuple[int, int, int] | None:
        if not usage:
            return None
        reasoning = usage["completion_tokens_details"]["reasoning_tokens"]
        return usage["prompt_tokens"], usage["completion_tokens"], reasoning

    def read_whole(self, body: Any) -> Answer:
        choice = body["choices"][0]
        message = choice["message"]
        text = message["content"] or message["refusal"]
        return Answer(
            thoughts=message.get("reasoning_content", ""),
            texts=[text] if text else [],
            calls=[
                {"id": c["id"], "name": c["function"]["name"], "args": c["function"]["arguments"]}
                for c in message.get("tool_calls", [])
            ],
            finish=choice["finish_reason"],
            usage=self.usage(body.get("usage")),
            complete=True,
        )

    def read_stream(self, data: bytes) -> Answer:
        answer = Answer(texts=[])
        parts: list[str] = []
        calls: dict[int, dict[str, Any]] = {}
        for name, payload in events(data):
            assert name == ""
            if payload == "[DONE]":
                answer.complete = True
                continue
            chunk = json.loads(payload)
            if chunk.get("usage"):
                assert chunk["choices"] == []
                answer.usage = self.usage(chunk["usage"])
            for choice in chunk["choices"]:
                delta = choice["delta"]
                answer.thoughts += delta.get("reasoning_content", "")
                text = delta.get("content") or delta.get("refusal") or ""
                parts += [text] if text else []
                for part in delta.get("tool_calls", []):
                    if "id" in part:
                        calls[part["index"]] = {"id": part["id"], "name": "", "args": ""}
                    call = calls[part["index"]]
                    call["name"] += part["function"].get("name", "")
                    call["args"] += part["function"]["arguments"]
                    answer.deltas.append(f"{part['index']}:{part['function']['arguments']}")
                answer.finish = choice["finish_reason"] or answer.finish
        answer.texts = ["".join(parts)] if parts else []
        answer.deltas += parts
        answer.calls = [calls[index] for index in sorted(calls)]
        return answer


class Responses(Client):
    name = "responses"
    finishes = MappingProxyType(
        {
            "stop": "completed",
            "tools": "completed",
            "limit": "max_output_tokens",
            "refusal": "completed",
        }
    )

    def url(self, question: Question) -> str:
        return "/v1/responses"

    def body(self, question: Question) -> dict[str, Any]:
        items: list[Any] = [{"role": "developer", "content": question.system}]
        items = items if question.system else []
        items.append({"role": "user", "content": question.text})
        calls: list[Any] = []
        for turn in question.turns:
            if isinstance(turn, Answer):
                calls = turn.calls
                if turn.text:
                    items.append({"role": "assistant", "content": turn.text})
                for call in calls:
                    items.append(
                        {
                            "type": "function_call",
                            "call_id": call["id"],
                            "name": call["name"],
                            "arguments": call["args"],
                        }
                    )
            elif isinstance(turn, str):
                items.append({"role": "user", "content": [{"type": "input_text", "text": turn}]})
            else:
                for call, result in zip(calls, turn, strict=True):
                    output = {"type": "function_call_output", "call_id": call["id"]}
                    items.append({**output, "output": result})
        choice: Any = question.choice
        if choice not in ("auto", "none", "required"):
            choice = {"type": "function", "name": choice}
        text: Any = None
        if question.schema:
            text = {"format": {"type": "json_schema", "name": "shape", "schema": question.schema}}
        elif question.json_mode:
            text = {"format": {"type": "json_object"}}
        body = {
            "model": "gpt-5-mini",
            "input": items,
            "tools": [
                {"type": "function", "name": name, "parameters": schema}
                for name, schema in question.tools.items()
            ],
            "tool_choice": choice if question.tools else None,
            "text": text,
            "reasoning": {"effort": "low", "summary": "auto"} if question.thinking else None,
            "include": ["reasoning.encrypted_content"] if question.thinking else None,
            "max_output_tokens": question.max_tokens,
            "stream": question.stream,
        }
        return {**without_empty(body), **({"parallel_tool_calls": False} if question.alone else {})}

    def read_whole(self, body: Any) -> Answer:
        answer = Answer(complete=True, finish=body["status"])
        if body["status"] == "incomplete":
            answer.finish = body["incomplete_details"]["reason"]
        for item in body["output"]:
            match item["type"]:
                case "reasoning":
                    answer.thoughts += "".join(part["text"] for part in item["summary"])
                    answer.signed = bool(item.get("encrypted_content"))
                case "message":
                    for part in item["content"]:
                        answer.texts.append(part.get("text", part.get("refusal")))
                case "function_call":
                    call = {"id": item["call_id"], "name": item["name"]}
                    answer.calls.append({**call, "args": item["arguments"]})
        if usage := body["usage"]:
            reasoning = usage["output_tokens_details"]["reasoning_tokens"]
            answer.usage = (usage["input_tokens"], usage["output_tokens"], reasoning)
        return answer

    def read_stream(self, data: bytes) -> Answer:
        answer = Answer()
        parts: dict[Any, str] = {}
        for number, (name, payload) in enumerate(events(data)):
            event = json.loads(payload)
            assert event["type"] == name
            assert event["sequence_number"] == number
            place = tuple(event.get(f"{n}_index") for n in ("output", "content", "summary"))
            match name.removeprefix("response."):
                case "reasoning_summary_text.delta" | "output_text.delta" | "refusal.delta":
                    parts[place] = parts.get(place, "") + event["delta"]
                    answer.deltas.append(event["delta"])
                case "function_call_arguments.delta":
                    parts[place] = parts.get(place, "") + event["delta"]
                    answer.deltas.append(f"{event['output_index']}:{event['delta']}")
                case "reasoning_summary_text.done" | "output_text.done":
                    assert parts.get(place, "") == event["text"]
                case "refusal.done":
                    assert parts[place] == event["refusal"]
                case "function_call_arguments.done":
                    assert parts[place] == event["arguments"]
                case "completed" | "incomplete":
                    whole = self.read_whole(event["response"])
                    whole.deltas = answer.deltas
                    answer = whole
        return answer


class Messages(Client):
    name = "messages"
    finishes = MappingProxyType(
        {"stop": "end_turn", "tools": "tool_use", "limit": "max_tokens", "refusal": "refusal"}
    )

    def url(self, question: Question) -> str:
        return "https://api.anthropic.com/v1/messages?beta=true"

    def body(self, question: Question) -> dict[str, Any]:
        messages: list[Any] = [{"role": "user", "content": question.text}]
        calls: list[Any] = []
        for turn in question.turns:
            if isinstance(turn, Answer):
                calls = turn.calls
                blocks = [
                    {
                        "type": "tool_use",
                        "id": call["id"],
                        "name": call["name"],
                        "input": json.loads(call["args"]),
                    }
                    for call in calls
                ]
                texts = [{"type": "text", "text": turn.text}] if turn.text else []
                messages.append({"role": "assistant", "content": texts + blocks})
            elif isinstance(turn, str):
                messages.append({"role": "user", "content": [{"type": "text", "text": turn}]})
            else:
                results = [
                    {"type": "tool_result", "tool_use_id": call["id"], "content": result}
                    for call, result in zip(calls, turn, strict=True)
                ]
                messages.append({"role": "user", "content": results})
        kinds = {"auto": "auto", "none": "none", "required": "any"}
        choice: Any = {"type": kinds.get(question.choice, "tool")}
        if question.choice not in kinds:
            choice["name"] = question.choice
        if question.alone:
            choice["disable_parallel_tool_use"] = True
        format_ = {"format": {"type": "json_schema", "schema": question.schema}}
        return without_empty(
            {
                "model": "claude-sonnet-4-6",
                "max_tokens": question.max_tokens or 4000,
                "system": [{"type": "text", "text": question.system}] if question.system else None,
                "messages": messages,
                "tools": [
                    {"name": name, "input_schema": schema}
                    for name, schema in question.tools.items()
                ],
                "tool_choice": choice if question.tools else None,
                "output_config": format_ if question.schema else None,
                "thinking": {"type": "enabled", "budget_tokens": 1024}
                if question.thinking
                else None,
                "stop_sequences": [question.stop] if question.stop else None,
                "stream": question.stream,
            }
        )

    def usage(self, *reports: Any) -> tuple[int, int, int] | None:
        usage = {key: value for report in reports for key, value in (report or {}).items()}
        if not usage:
            return None
        cached = usage["cache_creation_input_tokens"] + usage["cache_read_input_tokens"]
        reasoning = usage.get("output_tokens_details", {}).get("thinking_tokens", 0)
        return usage["input_tokens"] + cached, usage["output_tokens"], reasoning

    def read_whole(self, body: Any) -> Answer:
        answer = Answer(finish=body["stop_reason"], complete=True)
        answer.usage = self.usage(body.get("usage"))
        for block in body["content"]:
            match block["type"]:
                case "thinking":
                    answer.thoughts += block["thinking"]
                    answer.signed = bool(block["signature"])
                case "text":
                    answer.texts.append(block["text"])
                case "tool_use":
                    args = json.dumps(block["input"], ensure_ascii=False)
                    answer.calls.append({"id": block["id"], "name": block["name"], "args": args})
        return answer

    def read_stream(self, data: bytes) -> Answer:
        answer = Answer()
        blocks: dict[int, Any] = {}
        started: Any = None
        for name, payload in events(data):
            event = json.loads(payload)
            assert event["type"] == name
            match name:
                case "message_start":
                    started = event["message"].get("usage")
                case "content_block_start":
                    assert event["index"] == len(blocks)
                    blocks[event["index"]] = {**event["content_block"], "args": ""}
                case "content_block_delta":
                    delta = event["delta"]
                    block = blocks[event["index"]]
                    for key, value in delta.items():
                        target = "args" if key == "partial_json" else key
                        if key != "type":
                            block[target] += value
                            answer.deltas.append(value)
                case "message_delta":
                    answer.finish = event["delta"]["stop_reason"]
                    answer.usage = self.usage(started, event.get("usage"))
                case "message_stop":
                    answer.complete = True
        for block in blocks.values():
            if block["type"] == "thinking":
                answer.thoughts += block["thinking"]
                answer.signed = bool(block["signature"])
            elif block["type"] == "text":
                answer.texts.append(block["text"])
            else:
                answer.calls.append({key: block[key] for key in ("id", "name", "args")})
        return answer


class GenerateContent(Client):
    name = "generate_content"
    finishes = MappingProxyType(
        {"stop": "STOP", "tools": "STOP", "limit": "MAX_TOKENS", "refusal": "SAFETY"}
    )

    def url(self, question: Question) -> str:
        verb = "streamGenerateContent?alt=sse" if question.stream else "generateContent"
        host = "https://generativelanguage.googleapis.com"
        return f"{host}/v1beta/models/gemini-2.5-flash:{verb}"

    def body(self, question: Question) -> dict[str, Any]:
        contents: list[Any] = [{"role": "user", "parts": [{"text": question.text}]}]
        calls: list[Any] = []
        for turn in question.turns:
            if isinstance(turn, Answer):
                calls = turn.calls
                parts = [
                    {"functionCall": {"name": call["name"], "args": json.loads(call["args"])}}
                    for call in calls
                ]
                texts = [{"text": turn.text}] if turn.text else []
                contents.append({"role": "model", "parts": [*texts, *parts]})
            elif isinstance(turn, str):
                contents.append({"role": "user", "parts": [{"text": turn}]})
            else:
                parts = [
                    {"functionResponse": {"name": c["name"], "response": {"output": result}}}
                    for c, result in zip(calls, turn, strict=True)
                ]
                contents.append({"role": "user", "parts": parts})
        modes = {"auto": "AUTO", "none": "NONE", "required": "ANY"}
        choice: Any = {"mode": modes.get(question.choice, "ANY")}
        if question.choice not in modes:
            choice["allowedFunctionNames"] = [question.choice]
        config = {
            "responseMimeType": "application/json"
            if question.schema or question.json_mode
            else None,
            "responseSchema": googled(question.schema) if question.schema else None,
            "thinkingConfig": {"include_thoughts": True, "thinking_budget": 512}
            if question.thinking
            else None,
            "maxOutputTokens": question.max_tokens,
            "stopSequences": [question.stop] if question.stop else None,
        }
        tools = [
            {"name": name, "parameters": googled(schema)} for name, schema in question.tools.items()
        ]
        return without_empty(
            {
                "contents": contents,
                "systemInstruction": {"parts": [{"text": question.system}]}
                if question.system
                else None,
                "tools": [{"functionDeclarations": tools}] if tools else None,
                "toolConfig": {"functionCallingConfig": choice} if tools else None,
                "generationConfig": without_empty(config),
            }
        )

    def take(self, answer: Answer, chunk: Any) -> None:
        candidate = chunk["candidates"][0]
        for part in candidate["content"]["parts"]:
            answer.signed |= "thoughtSignature" in part
            if "functionCall" in part:
                call = part["functionCall"]
                args = json.dumps(call["args"], ensure_ascii=False)
                answer.calls.append({"id": "", "name": call["name"], "args": args})
            elif part.get("thought"):
                answer.thoughts += part["text"]
            elif part["text"]:
                answer.deltas.append(part["text"])
        if "usageMetadata" in chunk:
            usage = chunk["usageMetadata"]
            thoughts = usage.get("thoughtsTokenCount", 0)
            output = usage.get("candidatesTokenCount", 0) + thoughts
            answer.usage = (usage["promptTokenCount"], output, thoughts)
            assert usage["totalTokenCount"] == usage["promptTokenCount"] + output
        answer.finish = candidate.get("finishReason") or answer.finish
        answer.complete = answer.finish is not None

    def read_whole(self, body: Any) -> Answer:
        answer = Answer()
        self.take(answer, body)
        answer.texts, answer.deltas = answer.deltas, []
        return answer

    def read_stream(self, data: bytes) -> Answer:
        answer = Answer()
        assert b"\r\n\r\n" in data
        assert data.count(b"\n") == data.count(b"\r\n")
        for _, payload in events(data):
            assert not answer.complete
            self.take(answer, json.loads(payload))
        answer.texts = ["".join(answer.deltas)] if answer.deltas else []
        return answer


class Cohere(Client):
    name = "cohere"
    finishes = MappingProxyType(
        {"stop": "COMPLETE", "tools": "TOOL_CALL", "limit": "MAX_TOKENS", "refusal": "COMPLETE"}
    )

    def url(self, question: Question) -> str:
        return "https://api.cohere.com/v2/chat"

    def body(self, question: Question) -> dict[str, Any]:
        messages: list[Any] = [{"role": "system", "content": question.system}]
        messages = messages if question.system else []
        messages.append({"role": "user", "content": [{"type": "text", "text": question.text}]})
        calls: list[Any] = []
        for turn in question.turns:
            if isinstance(turn, Answer):
                calls = turn.calls
                messages.append(
                    {
                        "role": "assistant",
                        "tool_plan": turn.text or None,
                        "tool_calls": [
                            {
                                "id": call["id"],
                                "type": "function",
                                "function": {"name": call["name"], "arguments": call["args"]},
                            }
                            for call in calls
                        ],
                    }
                )
            elif isinstance(turn, str):
                messages.append({"role": "user", "content": turn})
            else:
                for call, result in zip(calls, turn, strict=True):
                    block = {"type": "text", "text": result}
                    messages.append(
                        {"role": "tool", "tool_call_id": call["id"], "content": [block]}
                    )
        offered = dict(question.tools)
        choice: Any = {"none": "NONE", "required": "REQUIRED"}.get(question.choice)
        if question.choice in offered:  # no tool can be named, so only it is offered
            offered, choice = {question.choice: offered[question.choice]}, "REQUIRED"
        form = None
        if question.schema or question.json_mode:
            form = without_empty({"type": "json_object", "json_schema": question.schema})
        body = {
            "model": "command-a-reasoning-08-2025",
            "messages": messages,
            "tools": [
                {"type": "function", "function": {"name": name, "parameters": schema}}
                for name, schema in offered.items()
            ],
            "tool_choice": choice if offered else None,
            "response_format": form,
            "thinking": {"type": "enabled", "token_budget": 512} if question.thinking else None,
            "max_tokens": question.max_tokens,
            "stop_sequences": [question.stop] if question.stop else None,
            "stream": question.stream,
        }
        return without_empty(body)

    def error(self, body: Any) -> Any:
        return body

    def end(self, answer: Answer, body: Any) -> Answer:
        answer.complete = True
        answer.finish = body["finish_reason"]
        if tokens := body.get("usage", {}).get("tokens"):
            reasoning = tokens.get("reasoning_tokens", 0)
            answer.usage = (tokens["input_tokens"], tokens["output_tokens"], reasoning)
        return answer

    def read_whole(self, body: Any) -> Answer:
        message = body["message"]
        blocks = message.get("content", [])
        answer = Answer(
            thoughts="".join(b["thinking"] for b in blocks if b["type"] == "thinking"),
            texts=[b["text"] for b in blocks if b["type"] == "text"],
            calls=[
                {"id": c["id"], "name": c["function"]["name"], "args": c["function"]["arguments"]}
                for c in message.get("tool_calls", [])
            ],
        )
        return self.end(answer, body)

    def read_stream(self, data: bytes) -> Answer:
        answer = Answer()
        blocks: dict[int, dict[str, str]] = {}
        calls: dict[int, dict[str, Any]] = {}
        *whole, (last, done) = events(data)
        assert (last, done) == ("", "[DONE]")
        for name, payload in whole:
            assert not answer.complete
            event = json.loads(payload)
            assert event["type"] == name
            told = event.get("delta", {}).get("message", {})
            match name:
                case "content-start":
                    blocks[event["index"]] = dict(told["content"])
                case "content-delta":
                    for key, text in told["content"].items():
                        blocks[event["index"]][key] += text
                        answer.deltas += [text] if key == "text" else []
                case "tool-call-start":
                    call = told["tool_calls"]
                    function = call["function"]
                    calls[event["index"]] = {"id": call["id"], "name": function["name"], "args": ""}
                case "tool-call-delta":
                    args = told["tool_calls"]["function"]["arguments"]
                    calls[event["index"]]["args"] += args
                    answer.deltas.append(f"{event['index']}:{args}")
                case "message-end":
                    self.end(answer, event["delta"])
                case _:
                    assert name in ("message-start", "content-end", "tool-call-end")
        answer.thoughts = "".join(block.get("thinking", "") for block in blocks.values())
        answer.texts = [block["text"] for block in blocks.values() if "text" in block]
        answer.calls = [calls[index] for index in sorted(calls)]
        return answer


def googled(schema: Any) -> Any:
    """Return a JSON schema in Google's words: no references, capitals, `nullable`."""
    made = {k: v for k, v in schema.items() if k not in ("additionalProperties", "title")}
    if "type" in made:
        made["type"] = made["type"].upper()
    if "properties" in made:
        made["properties"] = {key: googled(value) for key, value in made["properties"].items()}
    if "items" in made:
        made["items"] = googled(made["items"])
    if "anyOf" in made:
        branches = [googled(branch) for branch in made.pop("anyOf") if branch["type"] != "null"]
        made = {**made, **branches[0], "nullable": True} if len(branches) == 1 else made
        if len(branches) > 1:
            made["any_of"] = branches
    return made


CLIENTS: tuple[Client, ...] = (Chat(), Responses(), Messages(), GenerateContent(), Cohere())
