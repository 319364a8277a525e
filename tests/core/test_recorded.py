"""Real answers through the SDKs and the v1 classes: what the vendors sent is what users see."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ConfigDict, create_model

from mirascope.core.base import BaseTool
from tests.llm.providers.traffic import FIXTURES, Recording, require_recordings
from tests.loopback import Reply, Server

from .asking import ask
from .vendors import BY_NAME, V1Vendor, each, redirect
from .wires import frame


def replay(vendor: str, body: bytes, names: set[str], server: Server) -> tuple[Any, list[Any]]:
    """Read an answer; give the stream and its tools."""
    kind = "application/vnd.amazon.eventstream" if vendor == "bedrock" else "text/event-stream"
    server.route("*", Reply(headers={"content-type": kind}, body=body))
    tools = [_any_tool(name) for name in sorted(names)]
    stream = ask(BY_NAME[vendor], stream=True, tools=tools or None)
    return stream, [tool for _, tool in stream if tool is not None]


def _any_tool(name: str) -> type[BaseTool]:
    """Make a tool that takes whatever arguments there are."""
    config = ConfigDict(extra="allow")
    made: Any = create_model(name, __base__=BaseTool)
    made.model_config = {**made.model_config, **config}
    made.model_rebuild(force=True)
    return made  # type: ignore[no-any-return]  # made at run time


def arguments(tools: list[Any]) -> list[tuple[str, Any]]:
    return [(tool._name(), tool.model_extra) for tool in tools]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server() as server:
        redirect(server.url("").rstrip("/"), monkeypatch)
        yield server


@each("anthropic")
def test_anthropic_thinking_goes_back_as_it_came(vendor: V1Vendor, server: Server) -> None:
    body = (FIXTURES / "anthropic-thinking-tools.sse").read_bytes()
    stream, tools = replay("anthropic", body, {"weather", "now"}, server)
    thinking = [
        {"type": "thinking", "thinking": "Two cities, two calls.", "signature": "c2ln"},
        {"type": "redacted_thinking", "data": "cmVk"},
    ]
    assert stream.message_param["content"][:3] == [
        *thinking,
        {"type": "text", "text": "I will look. One moment."},
    ]
    assert len(stream.message_param["content"]) == 3 + len(tools)
    assert (stream.thinking, stream.signature) == ("Two cities, two calls.", "c2ln")
    response = stream.construct_call_response()
    assert response.message_param == stream.message_param
    assert response.thinking == stream.thinking


@each("google")
def test_google_calls_go_back_signed(vendor: V1Vendor, server: Server) -> None:
    body = (FIXTURES / "google-thinking-tools.sse").read_bytes()
    stream, tools = replay("google", body, {"weather", "now"}, server)
    assert stream.message_param["parts"] == [
        {"text": "I will look."},
        {
            "function_call": {"name": "weather", "args": {"city": "Paris"}},
            "thought_signature": b"sig1",
        },
        {"function_call": {"name": "weather", "args": {"city": "Zürich"}}},
        {"function_call": {"name": "now", "args": {}}},
    ]
    assert len(tools) == 3
    assert stream.thinking == "Two cities, two calls."
    response = stream.construct_call_response()
    assert response.message_param == stream.message_param


@each("bedrock")
def test_bedrock_thinking_goes_back_as_it_came(vendor: V1Vendor, server: Server) -> None:
    def delta(index: int, **said: Any) -> bytes:
        return frame("contentBlockDelta", {"contentBlockIndex": index, "delta": said})

    hidden = base64.b64encode(b"red").decode()
    body = b"".join(
        [
            frame("messageStart", {"role": "assistant"}),
            delta(0, reasoningContent={"text": "Two "}),
            delta(0, reasoningContent={"text": "cities."}),
            delta(0, reasoningContent={"signature": "sig"}),
            delta(1, reasoningContent={"redactedContent": hidden}),
            delta(2, text="I will look."),
            frame("messageStop", {"stopReason": "end_turn"}),
        ]
    )
    stream, _ = replay("bedrock", body, set(), server)
    expected = [
        {"reasoningContent": {"reasoningText": {"text": "Two cities.", "signature": "sig"}}},
        {"reasoningContent": {"redactedContent": b"red"}},
        {"text": "I will look."},
    ]
    assert stream.message_param == {"role": "assistant", "content": expected}
    assert stream.construct_call_response().message_param == stream.message_param


Said = tuple[str, list[tuple[str, Any]]]


def _payloads(recording: Recording) -> list[dict[str, Any]]:
    """Read the events of a recording in the simplest way there is."""
    lines = recording.body.replace(b"\r", b"\n").split(b"\n")
    data = [line.removeprefix(b"data:").strip() for line in lines if line.startswith(b"data:")]
    return [json.loads(each) for each in data if each not in (b"", b"[DONE]")]


def _calls(found: dict[Any, list[str]]) -> list[tuple[str, Any]]:
    return [(name, json.loads(written or "{}") or {}) for name, written in found.values()]


def _chat(recording: Recording) -> Said:
    text = ""
    calls: dict[Any, list[str]] = {}
    for payload in _payloads(recording):
        for choice in (payload.get("choices") or [])[:1]:
            delta = choice.get("delta") or {}
            content = delta.get("content") or ""
            pieces = [{"type": "text", "text": content}] if isinstance(content, str) else content
            text += "".join(each["text"] for each in pieces if each["type"] == "text")
            for call in delta.get("tool_calls") or []:
                function = call.get("function") or {}
                said = calls.setdefault(call.get("index", len(calls)), ["", ""])
                said[0] = said[0] or function.get("name") or ""
                said[1] += function.get("arguments") or ""
    return text, _calls(calls)


def _anthropic(recording: Recording) -> Said:
    text = ""
    calls: dict[Any, list[str]] = {}
    for payload in _payloads(recording):
        block, delta = payload.get("content_block") or {}, payload.get("delta") or {}
        if block.get("type") == "text":
            text += block.get("text") or ""
        if block.get("type") == "tool_use":
            calls[payload["index"]] = [block["name"], ""]
        if delta.get("type") == "text_delta":
            text += delta["text"]
        if delta.get("type") == "input_json_delta" and payload["index"] in calls:
            calls[payload["index"]][1] += delta["partial_json"]
    return text, _calls(calls)


def _google(recording: Recording) -> Said:
    text = ""
    calls: list[tuple[str, Any]] = []
    for payload in _payloads(recording):
        for candidate in (payload.get("candidates") or [])[:1]:
            for part in (candidate.get("content") or {}).get("parts") or []:
                text += "" if part.get("thought") else part.get("text") or ""
                if call := part.get("functionCall"):
                    calls.append((call["name"], call.get("args") or {}))
    return text, calls


def _bedrock(recording: Recording) -> Said:
    from botocore.eventstream import EventStreamBuffer, ParserError

    buffer = EventStreamBuffer()
    buffer.add_data(recording.body)
    text = ""
    calls: dict[Any, list[str]] = {}
    try:
        messages = list(buffer)
    except ParserError as error:
        raise ValueError("a recording whose bytes were changed by hand") from error
    for message in messages:
        event = json.loads(message.payload)
        index, delta = event.get("contentBlockIndex"), event.get("delta") or {}
        if use := (event.get("start") or {}).get("toolUse"):
            calls[index] = [use["name"], ""]
        text += delta.get("text") or ""
        if use := delta.get("toolUse"):
            calls[index][1] += use.get("input") or ""
    return text, _calls(calls)


# Recordings that the SDKs themselves refuse, each with an error of its own: it passes through.
REFUSED = {
    "_tool_use_failed_error_streaming.": "APIError",  # an error event
    "_tool_use_failed_error_streaming_with_text.": "APIError",
    "_openrouter_stream_error.": "APIError",
    "_gateway_message_delta_metadata.": "JSONDecodeError",  # ends with [DONE], as a gateway does
    "_mistral_model_thinking_part_iter.": "ValidationError",  # by mistralai before 1.9.3
    "/streaming-failure-": "ClientError",  # an error where the first, or a later, chunk would be
}


def _refused(recording: Recording) -> str | None:
    return next((error for name, error in REFUSED.items() if name in recording.name), None)


@pytest.mark.parametrize(
    ("vendor", "wire", "provider", "said", "least"),
    [
        ("openai", "openai-chat", None, _chat, 500),
        ("litellm", "openai-chat", "openai", _chat, 150),
        ("mistral", "openai-chat", "mistral", _chat, 80),
        ("groq", "openai-chat", "groq", _chat, 20),
        ("azure", "openai-chat", "azure", _chat, 15),
        ("anthropic", "anthropic-messages", None, _anthropic, 200),
        ("google", "gemini", None, _google, 150),
        ("bedrock", "bedrock-converse", None, _bedrock, 35),
    ],
)
@pytest.mark.filterwarnings("ignore:.* is not a valid:UserWarning")  # values newer than the SDK
def test_recorded_streams(
    vendor: str, wire: str, provider: str | None, said: Any, least: int, server: Server
) -> None:
    if not BY_NAME[vendor].installed:
        pytest.skip(f"{BY_NAME[vendor].sdk} is not installed")
    count = 0
    for recording in require_recordings(wire):
        if recording.format not in ("sse", "eventstream.bin") or recording.status != 200:
            continue
        if provider not in (None, recording.provider):
            continue
        try:
            text, calls = said(recording)
        except ValueError:
            continue  # cut off in the middle of a JSON text
        names = {name for name, _ in calls}
        refused = None
        try:
            stream, tools = replay(vendor, recording.body, names, server)
        except Exception as error:
            refused = error
        if refused is not None:
            assert type(refused).__name__ == _refused(recording), (recording.name, refused)
            continue
        assert stream.content == text, recording.name
        assert arguments(tools) == calls, recording.name
        count += 1
    assert count >= least
