"""The Chat wire as it was recorded: everything decodes, in whatever pieces it comes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from mirascope.llm import exceptions as exc
from mirascope.llm.providers.codec import WireEvent
from mirascope.llm.providers.cohere.codec import CohereCodec
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

CODEC = CohereCodec()
REQUEST = request("cohere/command-a-reasoning-08-2025", **SHOWN)


def streams() -> Iterator[tuple[Recording, list[WireEvent]]]:
    """Yield every recorded stream; those in NDJSON are of version 1."""
    for recording in require_recordings("cohere-chat"):
        if recording.format == "sse":
            yield recording, events_of(CODEC, [recording.body])
        elif recording.format == "jsonl":
            lines = recording.body.split(b"\n")
            yield recording, [("", line) for line in lines if line.strip()]


def as_whole(events: list[WireEvent]) -> dict[str, Any]:
    """Return the body that a stream is the stream of, by the vendor's description of the events."""
    content: dict[int, Any] = {}
    calls: dict[int, Any] = {}
    message: dict[str, Any] = {"role": "assistant"}
    whole: dict[str, Any] = {"message": message}
    for _, data in events:
        if data == b"[DONE]":
            continue
        event = json.loads(data)
        told = event.get("delta", {}).get("message", {})
        match event["type"]:
            case "message-start":
                whole["id"] = event["id"]
            case "content-start":
                content[event["index"]] = told["content"]
            case "content-delta":
                for key, text in told["content"].items():
                    content[event["index"]][key] += text
            case "tool-plan-delta":
                message["tool_plan"] = message.get("tool_plan", "") + told["tool_plan"]
            case "tool-call-start":
                calls[event["index"]] = told["tool_calls"]
            case "tool-call-delta":
                arguments = told["tool_calls"]["function"]["arguments"]
                calls[event["index"]]["function"]["arguments"] += arguments
            case "citation-start":
                message.setdefault("citations", []).append(told["citations"])
            case "content-end" | "tool-call-end" | "citation-end":
                pass
            case "message-end":
                whole |= event["delta"]
            case kind:
                raise AssertionError(f"an event of a new kind: {kind}")
    message |= {"content": [*content.values()], "tool_calls": [*calls.values()]}
    return whole


def test_every_stream_is_whole() -> None:
    count = 0
    for recording, events in streams():
        decoder = CODEC.decoder(REQUEST)
        log = log_of(decode_events(decoder, events))
        assert decoder.done, recording.name
        assert log.usage is not None, recording.name
        assert log.usage.input_tokens >= log.usage.cache_read_tokens, recording.name
        assert log.content, recording.name
        assert json.loads(json.dumps(log.raw_message)) == log.raw_message, recording.name
        count += 1
    assert count >= 25


def test_a_whole_body_is_its_stream() -> None:
    count = 0
    for recording, events in streams():
        streamed = log_of(decode_events(CODEC.decoder(REQUEST), events))
        whole = log_of(CODEC.decode(json.dumps(as_whole(events)).encode(), REQUEST))
        assert parts_of(whole) == parts_of(streamed), recording.name
        assert whole.finish_reason == streamed.finish_reason, recording.name
        assert whole.usage == streamed.usage, recording.name
        assert whole.raw_message == streamed.raw_message, recording.name
        count += 1
    assert count >= 25


def test_every_recorded_error_is_read() -> None:
    count = 0
    for recording in require_recordings("cohere-chat"):
        if recording.format != "error.json":
            continue
        info = CODEC.error(recording.status, {}, recording.body)
        assert info.status == recording.status
        assert info.message == json.loads(recording.body)["message"]
        count += 1
    assert count >= 3


def test_any_cut_of_the_bytes_gives_the_same_chunks() -> None:
    rng = random.Random(5)
    bodies = [path.read_bytes() for path in sorted(FIXTURES.glob("cohere-*.sse"))]
    assert len(bodies) == 4
    for body in bodies * 20:
        expected = decode_events(CODEC.decoder(REQUEST), events_of(CODEC, [body]))
        pieces = decode_events(CODEC.decoder(REQUEST), events_of(CODEC, cut(body, rng)))
        assert pieces == expected


@pytest.mark.parametrize("kind", ["stream", "body"])
def test_damage_is_a_provider_error_or_none(kind: str) -> None:
    rng = random.Random(11)
    bodies = [path.read_bytes() for path in sorted(FIXTURES.glob("cohere-*.sse"))]
    if kind == "body":
        wholes = [as_whole(events_of(CODEC, [stream])) for stream in bodies]
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
