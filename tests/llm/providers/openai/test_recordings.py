"""Both wires as they were recorded: everything decodes, in whatever pieces it comes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope.llm import exceptions as exc
from mirascope.llm.content import ProviderToolCall, ProviderToolOutput
from mirascope.llm.providers.codec import Codec, WireEvent
from mirascope.llm.providers.openai.chat import OpenAIChatCodec
from mirascope.llm.providers.openai.quirks import OPENAI
from mirascope.llm.providers.openai.responses import OpenAIResponsesCodec
from mirascope.llm.responses.fold import Fold
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
    request,
    require_recordings,
)

CODECS: dict[str, Codec] = {
    # Recorded of many servers, among them those that leave the finish reason out.
    "openai-chat": OpenAIChatCodec(replace(OPENAI, done_alone=True)),
    "openai-responses": OpenAIResponsesCodec(),
}
REQUEST = request("openai/gpt-5", **SHOWN)

# Streams that do not end well, and what they end in.
FAILING: dict[str, type[Exception] | None] = {
    "test_tool_use_failed_error_streaming.0": exc.BadRequestError,  # an error event, with status
    "test_tool_use_failed_error_streaming_with_text.0": exc.BadRequestError,
    "test_openrouter_stream_error.0": exc.BadRequestError,  # beside a choice, after the finish
    "openai-error.1": exc.RateLimitError,  # no quota
    "parallel-tool-call-wrapper.1": exc.ResponseValidationError,  # a fixture that is no JSON
    "openai-realtime-speech-translation": None,  # not this wire: its manifest row errs
    "azure-deepseek-reasoning.1": None,  # Chat Completions under the name of Responses
}
# Two answers in one file: what follows the end of the first is not looked at.
SEVERAL = ("cererebras-structured-output-tools.1",)
# Deltas that were shortened by hand, and disagree with the last event.
SHORTENED = ("openai-phase.1", "openai-shell-container.1")


def streams(wire: str) -> Iterator[tuple[Recording, list[WireEvent]]]:
    """Yield every recorded stream."""
    for recording in require_recordings(wire):
        if recording.format == "sse":
            yield recording, events_of(CODECS[wire], [recording.body])
        elif recording.format == "jsonl":
            lines = recording.body.split(b"\n")
            yield recording, [("", line) for line in lines if line.strip()]


def expected(recording: Recording) -> tuple[bool, type[Exception] | None]:
    """Return whether a recording is one of `FAILING`, and its error."""
    for name, error in FAILING.items():
        if f"_{name}." in recording.name:
            return True, error
    return False, None


def payloads(events: list[WireEvent]) -> list[dict[str, Any]]:
    return [json.loads(data) for _, data in events if data.strip() not in (b"", b"[DONE]")]


@pytest.mark.parametrize(("wire", "least"), [("openai-chat", 620), ("openai-responses", 365)])
def test_every_stream_ends_as_it_was_recorded(wire: str, least: int) -> None:
    count = 0
    failing = 0
    for recording, events in streams(wire):
        decoder = CODECS[wire].decoder(REQUEST)
        listed, error = expected(recording)
        failing += listed
        if error is not None:
            with pytest.raises(error):
                decode_events(decoder, events)
            continue
        log = log_of(decode_events(decoder, events))  # which refuses chunks in a wrong order
        assert decoder.done is not listed, recording.name
        if listed:
            continue
        assert json.loads(json.dumps(log.raw_message)) == log.raw_message, recording.name
        assert log.raw_message, recording.name
        count += 1
    assert count >= least
    assert failing == {"openai-chat": 4, "openai-responses": 3}[wire]


def test_chat_says_what_the_deltas_say() -> None:
    """Compare with the simplest reading there is: everything put one after the other."""
    count = 0
    for recording, events in streams("openai-chat"):
        if expected(recording)[0]:
            continue
        choices: list[dict[str, Any]] = []
        usage = None
        for payload in payloads(events):
            usage = payload.get("usage") or (payload.get("x_groq") or {}).get("usage") or usage
            choices += [c for c in payload.get("choices") or [] if not c.get("index")]
        first = next((i for i, c in enumerate(choices) if c.get("finish_reason")), len(choices))
        if any(name in recording.name for name in SEVERAL):
            usage, choices = None, choices[: first + 1]
        deltas = [c.get("delta") or {} for c in choices[: first + 1]]
        log = log_of(decode_events(CODECS["openai-chat"].decoder(REQUEST), events))
        if any(isinstance(d.get("content"), list) and d["content"] for d in deltas):
            continue  # Mistral's lists have tests of their own
        said = "".join((d.get("content") or "") + (d.get("refusal") or "") for d in deltas)
        assert "".join(text.text for text in log.texts) == said, recording.name
        thought = "".join(d.get("reasoning_content") or d.get("reasoning") or "" for d in deltas)
        assert "".join(t.thought for t in log.thoughts).startswith(thought), recording.name
        pieces = [call for d in deltas for call in d.get("tool_calls") or []]
        arguments = "".join((c.get("function") or {}).get("arguments") or "" for c in pieces)
        given_args = "".join(c.args for c in log.tool_calls)
        assert sorted(given_args.replace("{}", "")) == sorted(arguments.replace("{}", ""))
        assert [c.id for c in log.tool_calls] == list(
            dict.fromkeys(c["id"] for c in pieces if c.get("id"))
        ), recording.name
        if usage is not None:
            assert log.usage is not None
            assert log.usage.input_tokens == usage["prompt_tokens"], recording.name
            assert log.usage.output_tokens >= usage["completion_tokens"], recording.name
            assert log.usage.raw == usage
        count += 1
    assert count > 600


def summary(log: Fold) -> tuple[Any, ...]:
    """Return what an answer is; tools of the server's end in any order while it is streamed."""
    kinds = (ProviderToolCall, ProviderToolOutput)
    ran = {(part.type, part.id): part for part in log.content if isinstance(part, kinds)}
    said = [part for part in log.content if not isinstance(part, kinds)]
    return said, ran, log.finish_reason, log.usage, log.raw_message


def test_a_whole_response_is_its_stream() -> None:
    codec = CODECS["openai-responses"]
    count = 0
    for recording, events in streams("openai-responses"):
        if expected(recording)[0] or any(name in recording.name for name in SHORTENED):
            continue
        ends = ("response.completed", "response.incomplete")
        last = next(p for p in payloads(events) if p.get("type") in ends)
        if not last["response"]["output"]:
            continue  # ChatGPT's own endpoint leaves it out
        streamed = log_of(decode_events(codec.decoder(REQUEST), events))
        whole = log_of(codec.decode(json.dumps(last["response"]).encode(), REQUEST))
        assert summary(whole) == summary(streamed), recording.name
        count += 1
    assert count > 330


def chat_body(log: Fold) -> bytes:
    """Return the whole body that says what a stream said."""
    message: Any = log.raw_message
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = log.usage.raw if log.usage is not None else None
    sources = {key: message[key] for key in ("citations", "search_results") if key in message}
    return json.dumps({"choices": [choice], "usage": usage, **sources}).encode()


def test_a_whole_completion_is_its_stream() -> None:
    codec = CODECS["openai-chat"]
    count = 0
    for recording, events in streams("openai-chat"):
        if expected(recording)[0]:
            continue
        streamed = log_of(decode_events(codec.decoder(REQUEST), events))
        whole = log_of(codec.decode(chat_body(streamed), REQUEST))
        assert whole.texts == streamed.texts or len(streamed.texts) > 1, recording.name
        assert whole.tool_calls == streamed.tool_calls, recording.name
        assert whole.raw_message == streamed.raw_message, recording.name
        assert whole.usage == streamed.usage, recording.name
        count += 1
    assert count > 600


@pytest.mark.parametrize("wire", CODECS)
def test_every_recorded_error_is_read(wire: str) -> None:
    codec = CODECS[wire]
    for recording in require_recordings(wire):
        if recording.format != "error.json":
            continue
        info = codec.error(recording.status, {}, recording.body)
        body: Any = json.loads(recording.body)
        error = body.get("error")
        vendors = error.get("message") if isinstance(error, dict) else error
        vendors = vendors or body.get("message") or body.get("detail")
        assert info.message[:10] == vendors[:10], recording.name
        assert info.status == recording.status or (
            recording.status == 400 and info.status in (401, 404)
        ), recording.name


FIXTURE_NAMES = sorted(path.name for path in FIXTURES.glob("openai-*.sse"))


def codec_of(name: str) -> Codec:
    return CODECS["openai-chat" if name.startswith("openai-chat") else "openai-responses"]


@given(
    name=st.sampled_from(FIXTURE_NAMES),
    seed=st.integers(0, 2**32),
    newline=st.sampled_from([b"\n", b"\r\n", b"\r"]),
)
def test_any_cut_of_the_bytes_gives_the_same_chunks(name: str, seed: int, newline: bytes) -> None:
    codec = codec_of(name)
    body = (FIXTURES / name).read_bytes()

    def decoded(events: list[WireEvent]) -> tuple[list[Any], str]:
        decoder, chunks = codec.decoder(REQUEST), []
        try:
            for event in events:
                chunks += decoder.feed(event)
            chunks += decoder.close()
        except exc.ProviderError as error:
            return chunks, str(error)
        return chunks, ""

    pieces = cut(body.replace(b"\n", newline), random.Random(seed))
    assert decoded(events_of(codec, pieces)) == decoded(events_of(codec, [body]))


def bodies(wire: str) -> list[bytes]:
    codec = CODECS[wire]
    found: list[bytes] = []
    for name in FIXTURE_NAMES:
        if not name.startswith(wire) or name.endswith(("error.sse", "cut.sse", "failed.sse")):
            continue
        events = events_of(codec, [(FIXTURES / name).read_bytes()])
        if wire == "openai-chat":
            found.append(chat_body(log_of(decode_events(codec.decoder(REQUEST), events))))
        else:
            found.append(json.dumps(payloads(events)[-1]["response"], indent=1).encode())
    return found


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", ["stream", "body", "error"])
@pytest.mark.parametrize("wire", CODECS)
def test_damage_is_a_provider_error_or_none(wire: str, kind: str) -> None:
    codec = CODECS[wire]
    rng = random.Random(11)
    sources = bodies(wire)
    if kind == "stream":
        sources = [(FIXTURES / n).read_bytes() for n in FIXTURE_NAMES if n.startswith(wire)]
    failed = 0
    for _ in range(FUZZ_ITERATIONS):
        data = mutate(rng.choice(sources), rng)
        try:
            if kind == "error":
                assert codec.error(rng.choice([400, 429, 500]), {}, data).message
                continue
            if kind == "body":
                log = log_of(codec.decode(data, REQUEST))
            else:
                log = log_of(decode_events(codec.decoder(REQUEST), events_of(codec, [data])))
        except exc.ProviderError:
            failed += 1
        else:
            json.dumps(log.raw_message, allow_nan=False)
    assert kind == "error" or 0 < failed < FUZZ_ITERATIONS
