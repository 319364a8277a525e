"""The Messages wire as it was recorded: everything decodes, in whatever pieces it comes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from mirascope.llm import exceptions as exc
from mirascope.llm.providers.anthropic.codec import AnthropicCodec
from mirascope.llm.providers.codec import WireEvent
from tests.llm.providers.traffic import (
    FIXTURES,
    FUZZ_ITERATIONS,
    SHOWN,
    Recording,
    cut,
    decode_events,
    events_of,
    log_of,
    mutate,
    parts_of,
    request,
    require_recordings,
)

CODEC = AnthropicCodec()
REQUEST = request("anthropic/claude-sonnet-4-5", **SHOWN)

# Not one answer each, but what several requests in a row were answered.
SEVERAL = (
    "anthropic-programmatic-tool-calling.1",
    "anthropic-tool-search-bm25.1",
    "anthropic-tool-search-deferred-bm25",
    "anthropic-tool-search-deferred-regex",
    "anthropic-tool-search-regex.1",
)
# A message that starts again in the middle: there is no whole body that it would be equal to.
SPLICED = "spliced-message-start"


def streams() -> Iterator[tuple[Recording, list[WireEvent]]]:
    """Yield every recorded stream."""
    for recording in require_recordings("anthropic-messages"):
        if recording.format == "sse":
            yield recording, events_of(CODEC, [recording.body])
        elif recording.format == "jsonl":
            lines = [("", line) for line in recording.body.split(b"\n") if line.strip()]
            if not any(name in recording.name for name in SEVERAL):
                yield recording, lines
                continue
            answer: list[WireEvent] = []
            for line in lines:
                answer.append(line)
                if b'"message_stop"' in line[1]:
                    yield recording, answer
                    answer = []
            assert answer == []


def as_whole(events: list[WireEvent]) -> dict[str, Any]:
    """Return the body that a stream is the stream of, by the vendor's description of the events."""
    message: dict[str, Any] = {}
    for _, data in events:
        if data == b"[DONE]":
            continue
        event: dict[str, Any] = json.loads(data)
        match event["type"]:
            case "message_start":
                message = event["message"]
            case "content_block_start":
                assert event["index"] == len(message["content"])
                message["content"].append(event["content_block"])
            case "content_block_delta":
                add(message["content"][event["index"]], event["delta"])
            case "content_block_stop":
                block = message["content"][event["index"]]
                if "partial" in block:
                    block["input"] = json.loads(block.pop("partial") or "{}")
            case "message_delta":
                message |= event["delta"]
                usage = {k: v for k, v in event["usage"].items() if v is not None}
                message["usage"] = {**message["usage"], **usage}
    return message


def add(block: dict[str, Any], delta: dict[str, Any]) -> None:
    match delta["type"]:
        case "text_delta":
            block["text"] += delta["text"]
        case "thinking_delta":
            block["thinking"] += delta["thinking"]
        case "signature_delta":
            block["signature"] = block.get("signature", "") + delta["signature"]
        case "citations_delta":
            block["citations"] = [*(block.get("citations") or []), delta["citation"]]
        case "input_json_delta":
            block["partial"] = block.get("partial", "") + delta["partial_json"]
        case "compaction_delta":
            block["content"] = (block["content"] or "") + delta["content"]
        case kind:
            raise AssertionError(f"a delta of a new kind: {kind}")


def test_every_stream_is_whole() -> None:
    count = 0
    for recording, events in streams():
        decoder = CODEC.decoder(REQUEST)
        log = log_of(decode_events(decoder, events))
        assert decoder.done, recording.name
        assert log.usage is not None, recording.name
        assert json.loads(json.dumps(log.raw_message)) == log.raw_message, recording.name
        count += 1
    assert count > 250


def test_a_whole_body_is_its_stream() -> None:
    count = 0
    for recording, events in streams():
        if SPLICED in recording.name:
            continue
        streamed = log_of(decode_events(CODEC.decoder(REQUEST), events))
        body = json.dumps(as_whole(events)).encode()
        whole = log_of(CODEC.decode(body, REQUEST))
        assert parts_of(whole) == parts_of(streamed), recording.name
        assert whole.finish_reason == streamed.finish_reason, recording.name
        assert whole.usage == streamed.usage, recording.name
        assert whole.raw_message == streamed.raw_message, recording.name
        count += 1
    assert count > 250


def test_every_recorded_error_is_read() -> None:
    for recording in require_recordings("anthropic-messages"):
        if recording.format != "error.json":
            continue
        info = CODEC.error(recording.status, {}, recording.body)
        assert info.status == recording.status
        assert info.message == json.loads(recording.body)["error"]["message"]


def test_any_cut_of_the_bytes_gives_the_same_chunks() -> None:
    rng = random.Random(5)
    bodies = [path.read_bytes() for path in sorted(FIXTURES.glob("anthropic-*.sse"))]
    bodies.remove((FIXTURES / "anthropic-overloaded.sse").read_bytes())
    for body in bodies * 20:
        expected = decode_events(CODEC.decoder(REQUEST), events_of(CODEC, [body]))
        pieces = decode_events(CODEC.decoder(REQUEST), events_of(CODEC, cut(body, rng)))
        assert pieces == expected


@pytest.mark.parametrize("kind", ["stream", "body"])
def test_damage_is_a_provider_error_or_none(kind: str) -> None:
    rng = random.Random(11)
    bodies = [path.read_bytes() for path in sorted(FIXTURES.glob("anthropic-*.sse"))]
    if kind == "body":
        names = ("text", "thinking-tools", "web-search")
        streams = [(FIXTURES / f"anthropic-{name}.sse").read_bytes() for name in names]
        wholes = [as_whole(events_of(CODEC, [stream])) for stream in streams]
        bodies = [json.dumps(whole, indent=1).encode() for whole in wholes]
    failed = 0
    for _ in range(FUZZ_ITERATIONS):
        data = mutate(rng.choice(bodies), rng)
        try:
            if kind == "body":
                log = log_of(CODEC.decode(data, REQUEST))
            else:
                log = log_of(decode_events(CODEC.decoder(REQUEST), events_of(CODEC, [data])))
        except exc.ProviderError:
            failed += 1
        else:
            json.dumps(log.raw_message)
    assert 0 < failed < FUZZ_ITERATIONS
