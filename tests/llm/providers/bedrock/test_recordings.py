"""Bedrock's wires as they were recorded: everything decodes, in whatever pieces it comes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from mirascope._wire.errors import FrameError
from mirascope.llm import exceptions as exc
from mirascope.llm.providers.bedrock.codec import ConverseCodec
from mirascope.llm.providers.bedrock.invoke import InvokeCodec
from mirascope.llm.providers.codec import WireEvent
from tests.event_frames import event
from tests.llm.providers.traffic import (
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

CODEC = ConverseCodec()
REQUEST = request("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", stream=True, **SHOWN)
INVOKE = InvokeCodec()
CLAUDE = request("bedrock:anthropic/anthropic.claude-3-haiku-20240307-v1:0", stream=True)


def streams() -> Iterator[tuple[Recording, list[WireEvent]]]:
    """Yield every recorded stream whose frames are not damaged."""
    for recording in require_recordings("bedrock-converse"):
        if recording.format == "eventstream.bin":
            try:
                yield recording, events_of(CODEC, [recording.body])
            except FrameError:
                assert "0xPlaygrounds" in recording.name
        elif recording.format == "jsonl":  # the events of a stream, each under its name
            events: list[WireEvent] = []
            for line in recording.body.split(b"\n"):
                for name, payload in json.loads(line or b"{}").items():
                    events.append((name, json.dumps(payload).encode()))
            yield recording, events


def as_whole(events: list[WireEvent]) -> bytes:
    """Return the body that a stream is the stream of, by the vendor's description of the events."""
    blocks: dict[int, dict[str, Any]] = {}
    body: dict[str, Any] = {}
    for name, data in events:
        said: dict[str, Any] = json.loads(data)
        index = said.get("contentBlockIndex", 0)
        match name:
            case "contentBlockStart":
                if start := {k: dict(v) for k, v in said["start"].items()}:
                    blocks[index] = start
                    for block in start.values():
                        block |= {"partial": ""} if "name" in block else {"content": []}
            case "contentBlockDelta":
                add(blocks.setdefault(index, {}), said["delta"])
            case "messageStop":
                body["stopReason"] = said["stopReason"]
            case "metadata":
                body["usage"] = said.get("usage")
    for block in blocks.values():
        if "partial" in block.get("toolUse", {}):
            block["toolUse"]["input"] = json.loads(block["toolUse"].pop("partial") or "{}")
    content = [blocks[index] for index in sorted(blocks)]
    return json.dumps({**body, "output": {"message": {"content": content}}}).encode()


def add(block: dict[str, Any], delta: dict[str, Any]) -> None:
    cited = block.get("citationsContent")
    match delta:
        case {"text": text} if cited is not None:
            cited["content"][0]["text"] += text
        case {"text": text}:
            block["text"] = block.get("text", "") + text
        case {"citation": citation}:
            if cited is None:
                cited = {"content": [{"text": block.pop("text", "")}], "citations": []}
                block["citationsContent"] = cited
            cited["citations"].append(citation)
        case {"reasoningContent": {"redactedContent": data}}:
            block["reasoningContent"] = {"redactedContent": data}
        case {"reasoningContent": thought}:
            kept = block.setdefault("reasoningContent", {}).setdefault(
                "reasoningText", {"text": ""}
            )
            for name, text in thought.items():
                kept[name] = kept.get(name, "") + text
        case {"toolUse": {"input": text}}:
            block["toolUse"]["partial"] += text
        case {"toolResult": results}:
            block["toolResult"]["content"] += results
        case _:
            raise AssertionError(f"a delta of a new kind: {list(delta)}")


def test_every_stream_is_whole() -> None:
    count = 0
    for recording, events in streams():
        decoder = CODEC.decoder(REQUEST)
        log = log_of(decode_events(decoder, events))
        assert decoder.done, recording.name
        assert json.loads(json.dumps(log.raw_message)) == log.raw_message, recording.name
        if recording.format == "eventstream.bin":
            assert decoder.terminal, recording.name
            assert log.usage is not None, recording.name
        count += 1
    assert count == 38 + 12


def test_a_whole_body_is_its_stream() -> None:
    for recording, events in streams():
        streamed = log_of(decode_events(CODEC.decoder(REQUEST), events))
        whole = log_of(CODEC.decode(as_whole(events), REQUEST))
        assert parts_of(whole) == parts_of(streamed), recording.name
        assert whole.finish_reason == streamed.finish_reason, recording.name
        assert whole.usage == streamed.usage, recording.name
        assert whole.raw_message == streamed.raw_message, recording.name


def test_every_recorded_error_is_read() -> None:
    for recording in require_recordings("bedrock-converse"):
        if recording.format == "error.json":
            info = CODEC.error(recording.status, {}, recording.body)
            assert info.status == recording.status
            assert info.message == json.loads(recording.body)["message"]


def test_damaged_frames_say_so() -> None:
    count = 0
    for recording in require_recordings("bedrock-converse"):
        if "0xPlaygrounds" in recording.name and recording.format == "eventstream.bin":
            with pytest.raises(FrameError, match="checksum"):
                events_of(CODEC, [recording.body])
            count += 1
    assert count == 9


def test_claude_by_the_messages_wire() -> None:
    """Of the recorded calls of InvokeModel, those of Claude; all others have their frames read."""
    rng = random.Random(3)
    whole = count = 0
    for recording in require_recordings("bedrock-invoke"):
        events = events_of(INVOKE, [recording.body])
        assert events == events_of(INVOKE, cut(recording.body, rng)), recording.name
        count += 1
        if b'"message_start"' in events[0][1]:
            decoder = INVOKE.decoder(CLAUDE)
            log = log_of(decode_events(decoder, events))
            assert decoder.done, recording.name
            assert log.usage is not None, recording.name
            whole += 1
    assert (whole, count) == (11, 37)


def test_any_cut_of_the_bytes_gives_the_same_chunks() -> None:
    rng = random.Random(5)
    for recording, events in streams():
        if recording.format == "eventstream.bin":
            expected = decode_events(CODEC.decoder(REQUEST), events)
            for _ in range(3):
                pieces = events_of(CODEC, cut(recording.body, rng))
                assert decode_events(CODEC.decoder(REQUEST), pieces) == expected


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", ["stream", "body"])
def test_damage_is_a_provider_error_or_none(kind: str) -> None:
    """Damage to what is in the frames: damage to frames is for the framing to see."""
    rng = random.Random(11)
    answers = [events for _, events in streams() if sum(len(data) for _, data in events) < 6000]
    failed = 0
    for _ in range(FUZZ_ITERATIONS):
        events = rng.choice(answers)
        try:
            if kind == "body":
                log = log_of(CODEC.decode(mutate(as_whole(events), rng), REQUEST))
            else:
                frames = [event(n, mutate(d, rng) if rng.random() < 0.1 else d) for n, d in events]
                rng.random() < 0.2 and rng.shuffle(frames)
                log = log_of(decode_events(CODEC.decoder(REQUEST), events_of(CODEC, frames)))
        except exc.ProviderError:
            failed += 1
        else:
            json.dumps(log.raw_message)
    assert 0 < failed < FUZZ_ITERATIONS
