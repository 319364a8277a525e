"""The generateContent wire as it was recorded: everything decodes, in whatever pieces it comes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from mirascope.llm import exceptions as exc
from mirascope.llm.providers.codec import WireEvent
from mirascope.llm.providers.google.codec import GoogleCodec
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

CODEC = GoogleCodec()
REQUEST = request("google/gemini-2.5-flash", **SHOWN)

TRUNCATED = {
    "google-live-speech-translation": "the Live API over a WebSocket, another wire",
    "streaming-failure-empty-content": "one chunk without parts and without a finish reason",
    "streaming-failure-invalid-json": "JSON that has nothing to do with this wire",
    "streaming-failure-malformed-content": "as empty-content, with an unknown field",
    "streaming-success-quotes-escaped": "made by hand, without a finish reason",
}
ERRORS: dict[str, type[exc.ProviderError]] = {
    "streaming-failure-api-key": exc.AuthenticationError,
    "streaming-failure-error-mid-stream": exc.APIError,
    "streaming-failure-http-error": exc.BadRequestError,
    "streaming-failure-image-rejected": exc.BadRequestError,
    "streaming-failure-unknown-model": exc.NotFoundError,
}
# Whole bodies that are no answers: of other methods, or without anything in it.
NO_ANSWER = (
    *("generate-images", "detailed-token-response", "billable-characters", "total-tokens"),
    *("failure-empty-content", "failure-invalid-response", "failure-malformed-content"),
)


def streams() -> Iterator[tuple[Recording, list[WireEvent]]]:
    """Yield every recorded stream."""
    for recording in require_recordings("gemini"):
        match recording.format:
            case "sse":
                yield recording, events_of(CODEC, [recording.body])
            case "jsonl":
                lines = recording.body.split(b"\n")
                yield recording, [("", line) for line in lines if line.strip()]
            case "jsonarray":
                chunks = json.loads(recording.body)
                yield recording, [("", json.dumps(chunk).encode()) for chunk in chunks]


def known(recording: Recording, names: Any) -> str | None:
    return next((name for name in names if name in recording.name), None)


def test_every_stream_is_whole_or_fails_as_recorded() -> None:
    counts = {"whole": 0, "truncated": 0, "failed": 0}
    for recording, events in streams():
        decoder = CODEC.decoder(REQUEST)
        if name := known(recording, ERRORS):
            with pytest.raises(ERRORS[name]):
                decode_events(decoder, events)
            counts["failed"] += 1
            continue
        log = log_of(decode_events(decoder, events))
        assert decoder.done is (known(recording, TRUNCATED) is None), recording.name
        assert json.loads(json.dumps(log.raw_message)) == log.raw_message, recording.name
        counts["whole" if decoder.done else "truncated"] += 1
    assert counts["whole"] > 180
    assert counts["truncated"] == len(TRUNCATED)
    assert counts["failed"] >= len(ERRORS)


def test_every_body_is_an_answer_or_an_error() -> None:
    answers = 0
    for recording in require_recordings("gemini"):
        if recording.format != "json":
            continue
        body = json.loads(recording.body)
        if "error" in body or "OTHER" in str(body):
            with pytest.raises(exc.APIError):
                CODEC.decode(recording.body, REQUEST)
        elif known(recording, NO_ANSWER):
            with pytest.raises(exc.ResponseValidationError):
                CODEC.decode(recording.body, REQUEST)
        else:
            log = log_of(CODEC.decode(recording.body, REQUEST))
            json.dumps(log.raw_message)
            answers += 1
    assert answers > 40


def as_whole(events: list[WireEvent]) -> dict[str, Any]:
    """Return the body that a stream is the stream of."""
    parts: list[Any] = []
    candidate: dict[str, Any] = {}
    body: dict[str, Any] = {}
    for _, data in events:
        chunk: dict[str, Any] = json.loads(data)
        usage = {**body.get("usageMetadata", {}), **chunk.get("usageMetadata", {})}
        body |= {k: v for k, v in chunk.items() if k != "candidates"}
        if usage:
            body["usageMetadata"] = usage
        for one in chunk.get("candidates") or []:
            parts += (one.get("content") or {}).get("parts") or []
            grounding = {
                **candidate.get("groundingMetadata", {}),
                **one.get("groundingMetadata", {}),
            }
            candidate |= one
            if grounding:
                candidate["groundingMetadata"] = grounding
            candidate["content"] = {"role": "model", "parts": parts}
    return {**body, "candidates": [candidate]} if candidate else body


def test_a_whole_body_is_its_stream() -> None:
    count = 0
    for recording, events in streams():
        if known(recording, ERRORS) or known(recording, TRUNCATED):
            continue
        streamed = log_of(decode_events(CODEC.decoder(REQUEST), events))
        whole = log_of(CODEC.decode(json.dumps(as_whole(events)).encode(), REQUEST))
        assert parts_of(whole) == parts_of(streamed), recording.name
        assert whole.finish_reason == streamed.finish_reason, recording.name
        assert whole.raw_message == streamed.raw_message, recording.name
        if whole.usage is not None and streamed.usage is not None:
            whole.usage.raw = streamed.usage.raw = None
        assert whole.usage == streamed.usage, recording.name
        count += 1
    assert count > 180


def test_every_recorded_error_is_read() -> None:
    for recording in require_recordings("gemini"):
        if recording.format != "error.json":
            continue
        info = CODEC.error(recording.status, {}, recording.body)
        assert info.status == recording.status
        assert info.message == json.loads(recording.body)["error"]["message"]


def test_any_cut_of_the_bytes_gives_the_same_chunks() -> None:
    rng = random.Random(5)
    for body in [path.read_bytes() for path in sorted(FIXTURES.glob("google-*.sse"))] * 20:
        expected = decode_events(CODEC.decoder(REQUEST), events_of(CODEC, [body]))
        pieces = decode_events(CODEC.decoder(REQUEST), events_of(CODEC, cut(body, rng)))
        assert pieces == expected


@pytest.mark.parametrize("kind", ["stream", "body"])
def test_damage_is_a_provider_error_or_none(kind: str) -> None:
    rng = random.Random(11)
    bodies = [path.read_bytes() for path in sorted(FIXTURES.glob("google-*"))]
    if kind == "body":
        wholes = [as_whole(events_of(CODEC, [body])) for body in bodies]
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
