"""Recorded traffic of real vendors, replayed: the same question goes out, the same answer is read.

A recorded request is read as the vendor's server reads it, asked again through the library, and
what arrives at a server has to be the recorded JSON. Free is only what the wire calls equal: nulls,
a text for a list with that text, marks for the cache, defaults written out. Where a client words it
otherwise (a result in another field, an id left out), it has to mean the same to the server.
The server then answers with the recorded bytes, and the user gets what they say.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, cast
from urllib.parse import urlsplit

import pytest

from mirascope import llm
from mirascope._wire.errors import FrameError
from mirascope.llm.messages import Message
from mirascope.llm.wires import Asked, Incoming, InvalidRequest
from tests.llm.providers.traffic import (
    RECORDINGS,
    events_of,
    log_of,
    request,
)
from tests.llm.wires.sides import SIDES, Side
from tests.llm.wires.test_requests import turns
from tests.loopback import Reply, Server

CHAT, RESPONSES, MESSAGES, GENERATE_CONTENT, COHERE, CONVERSE, _ = SIDES


@dataclass(frozen=True)
class Family:
    """A wire of the recordings."""

    side: Side
    provider: str
    path: str
    """In place of one that the recording does not tell."""
    said: str
    """The field with the conversation."""
    least: int
    """How many recordings there are at least that mean the same,"""
    literal: int
    """and how many of them are the same JSON."""
    features: Mapping[str, int]
    """How many of the questions have what, at least."""


FAMILIES = {
    "openai-chat": Family(
        CHAT,
        "openai:completions",
        "/chat/completions",
        "messages",
        630,
        600,
        {"tools": 300, "resumed": 140, "parallel": 25, "formats": 15, "errors": 38},
    ),
    "openai-responses": Family(
        RESPONSES,
        "openai:responses",
        "/responses",
        "input",
        325,
        320,
        {"tools": 140, "resumed": 80, "parallel": 8, "signed": 30, "formats": 28, "errors": 13},
    ),
    "anthropic-messages": Family(
        MESSAGES,
        "anthropic",
        "/v1/messages",
        "messages",
        240,
        235,
        {"tools": 95, "resumed": 33, "parallel": 5, "signed": 4, "formats": 4, "errors": 15},
    ),
    "gemini": Family(
        GENERATE_CONTENT,
        "google",
        "/v1beta/models/m:streamGenerateContent",
        "contents",
        158,
        120,
        {"tools": 85, "resumed": 57, "signed": 49, "formats": 9, "errors": 4},
    ),
    "cohere-chat": Family(
        COHERE,
        "cohere",
        "/v2/chat",
        "messages",
        24,
        24,
        {"tools": 10, "resumed": 1, "errors": 1},
    ),
    "bedrock-converse": Family(
        CONVERSE,
        "bedrock",
        "/model/m/converse-stream",
        "messages",
        47,
        40,
        {"tools": 23, "resumed": 9, "parallel": 2, "formats": 1, "errors": 7},
    ),
}
MEANS_OTHERWISE = {
    "bedrock-converse": 4,  # JSON as a tool's result, which is text here
    "openai-chat": 9,  # reasoning in words of its own, which OpenAI's models do not take back
    "anthropic-messages": 1,  # a blank text, which the vendor refuses
}
REFUSED = {
    "bedrock-converse": 2,  # a message of nothing
    "gemini": 1,  # an image by its address, which the vendor does not fetch
    "openai-chat": 2,  # a video, which its servers refused as well
}
SIGNED = ('"signature"', '"thoughtSignature"', '"encrypted_content"', '"rs_')


@dataclass(frozen=True)
class Replay:
    """One recorded question and its answer."""

    name: str
    body: dict[str, Any]
    asked: Asked
    status: int
    kind: str
    answer: bytes


@cache
def replays(wire: str) -> tuple[Replay, ...]:
    """Return what can be asked again: our servers refuse what the vendors refused."""
    if not (RECORDINGS / "MANIFEST.csv").exists():
        pytest.skip("the recorded traffic is not here")
    family = FAMILIES[wire]
    found: list[Replay] = []
    with open(RECORDINGS / "MANIFEST.csv", newline="") as manifest:
        for row in csv.DictReader(manifest):
            if row["wire"] != wire or not row["request_file"]:
                continue
            body = json.loads((RECORDINGS / row["request_file"]).read_bytes())
            path = urlsplit(row["uri"]).path
            path = path if family.side.wire.takes(path) else family.path
            try:
                asked = family.side.wire.read(Incoming(path=path, query="", body=body))
            except InvalidRequest:
                continue
            answer = (RECORDINGS / row["file"]).read_bytes()
            kind = row["format"].partition("(")[0]
            found.append(Replay(row["file"], body, asked, int(row["status"] or 200), kind, answer))
    return tuple(found)


def conversation(replay: Replay, family: Family) -> tuple[str, list[Message]]:
    """Return the model's id and the messages, each of the model's by that model."""
    vendor = family.side.model_id.partition("/")[0]
    model_id = f"{vendor}/{replay.asked.model or 'm'}"
    name = family.side.codec.provider_model_name(request(model_id))
    by = {"provider_id": vendor, "provider_model_name": name}
    return model_id, [
        replace(message, **by) if message.role == "assistant" else message
        for message in replay.asked.messages
    ]


FREE = {"cache_control", "annotations", "detail", "index", "logprobs", "status"}


def normal(value: Any) -> Any:
    """Return JSON in the one form of all those that mean the same."""
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return [kept for one in items if (kept := normal(one)) is not None]
    if not isinstance(value, dict):
        return value
    fields = cast("dict[str, Any]", value)
    if fields.keys() == {"cachePoint"}:
        return None
    kept = {key: normal(one) for key, one in fields.items() if key not in FREE}
    kept = {key: one for key, one in kept.items() if not is_default(key, one)}
    if "parts" in kept:
        kept.setdefault("role", "user")
    if kept.get("role") == "developer":
        kept["role"] = "system"
    if isinstance(kept.get("content"), str):
        kept["content"] = [{"text": kept["content"]}]
    return kept


def is_default(key: str, value: Any) -> bool:
    """Tell whether a field says no more than if it was not there."""
    if key == "type":
        return value in ("text", "input_text", "output_text", "message")
    return value in (None, [], "") or (key == "thought" and value is False)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def answer(replay: Replay) -> Reply:
    kind = (
        "application/vnd.amazon.eventstream"
        if replay.kind.startswith("event")
        else "text/event-stream"
    )
    headers = {"content-type": "application/json" if replay.status >= 400 else kind}
    return Reply(status=replay.status, headers=headers, body=replay.answer)


@pytest.mark.parametrize("wire", FAMILIES)
def test_the_same_goes_out_and_the_same_is_read(server: Server, wire: str) -> None:
    family = FAMILIES[wire]
    llm.register_provider(
        family.provider, scope="", base_url=server.url("").rstrip("/"), api_key="k"
    )
    literal = means = other = 0
    seen: Counter[str] = Counter()
    for replay in replays(wire):
        model_id, messages = conversation(replay, family)
        server.route("*", answer(replay))
        before = len(server.requests)
        try:
            response = llm.Model(model_id).stream(messages)
        except llm.FeatureNotSupportedError:
            seen["refused"] += 1
            continue
        got = outcome(response.finish, partial(getattr, response, "content"))
        [received] = server.requests[before:]
        sent = json.loads(received.body)
        if normal(sent[family.said]) == recorded(replay, family):
            literal += 1
        else:
            path = Incoming(path=received.path, query="", body=sent)
            same = turns(family.side.wire.read(path).messages) == turns(replay.asked.messages)
            means, other = means + same, other + (not same)
        count(replay, seen)
        if replay.kind in ("sse", "eventstream.bin"):
            assert got == read_alone(replay, family, model_id), replay.name
        elif replay.status >= 400:
            seen["errors"] += 1
            assert isinstance(got, type), replay.name
    assert literal >= family.literal
    assert literal + means >= family.least
    assert other <= MEANS_OTHERWISE.get(wire, 0)
    assert seen["refused"] <= REFUSED.get(wire, 0)
    for feature, least in family.features.items():
        assert seen[feature] >= least, feature


def recorded(replay: Replay, family: Family) -> Any:
    """Return the recorded conversation, in the one form; ours has instructions as a message."""
    said = replay.body[family.said]
    said = [{"role": "user", "content": said}] if isinstance(said, str) else said
    if instructions := replay.body.get("instructions"):
        said = [{"role": "system", "content": instructions}, *said]
    return normal(said)


def read_alone(replay: Replay, family: Family, model_id: str) -> Any:
    """Return what the codec makes of the recorded bytes, without a network."""
    codec = family.side.codec
    decoder = codec.decoder(replace(request(model_id), stream=True))
    chunks: list[Any] = []

    def read() -> None:
        for event in events_of(codec, [replay.answer]):
            chunks.extend(decoder.feed(event))
        chunks.extend(decoder.close())
        if not decoder.done:
            raise llm.StreamTruncatedError("cut", family.provider)

    return outcome(read, lambda: log_of(chunks).content)


def outcome(read: Callable[[], object], content: Callable[[], object]) -> Any:
    """Return what was read, or the class of the error that it ended in."""
    try:
        read()
    except llm.ProviderError as error:
        return type(error)
    except FrameError:
        return llm.ResponseValidationError
    return content()


def count(replay: Replay, seen: Counter[str]) -> None:
    """Count what is in a question."""
    for message in replay.asked.messages:
        if message.role == "assistant":
            calls = sum(part.type == "tool_call" for part in message.content)
            seen["resumed"] += calls > 0
            seen["parallel"] += calls > 1
            seen["signed"] += any(word in json.dumps(message.raw_message) for word in SIGNED)
    seen["formats"] += replay.asked.format is not None
    seen["tools"] += bool(replay.asked.tools)
