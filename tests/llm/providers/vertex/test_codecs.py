"""What Vertex AI is asked, and what the server's side makes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.content import Document, Image, Text, ToolCall, ToolOutput
from mirascope.llm.exceptions import FeatureNotSupportedError, ProviderError
from mirascope.llm.formatting import resolve_format
from mirascope.llm.messages import assistant, user
from mirascope.llm.providers.codec import Codec, Request, WireEvent
from mirascope.llm.providers.google.codec import GoogleCodec
from mirascope.llm.providers.google.quirks import VERTEX
from mirascope.llm.providers.vertex.anthropic import VertexAnthropicCodec
from mirascope.llm.tools import WebSearchTool, tool
from mirascope.llm.wires import Asked, Incoming, InvalidRequest, wire_for
from tests.llm.providers.traffic import (
    FIXTURES,
    SHOWN,
    Recording,
    body_of,
    decode_events,
    events_of,
    log_of,
    request,
    require_recordings,
)

GEMINI = GoogleCodec(VERTEX)
CLAUDE = VertexAnthropicCodec(enforces_schemas=False)
FLASH, SONNET = "vertex/gemini-2.5-flash", "vertex:anthropic/claude-sonnet-4-6"


class Book(BaseModel):
    title: str


@tool
def look_up(word: str) -> str:
    """Look up a word."""
    return word


def read(codec: Codec, asked: Request) -> Asked:
    """Return what the server makes of a request."""
    sent = codec.encode(asked)
    address = urlsplit(sent.url)
    wire = wire_for(address.path)
    assert wire is not None
    body = json.loads(sent.body)
    return wire.read(Incoming(path=address.path, query=address.query, body=body))


# --- Gemini


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("gemini-2.5-flash", "/publishers/google/models/gemini-2.5-flash"),
        ("endpoints/1234", "/endpoints/1234"),
        ("publishers/google/models/gemini-x", "/publishers/google/models/gemini-x"),
        ("a?b:c", "/publishers/google/models/a%3Fb%3Ac"),
    ],
)
def test_the_path_of_a_model(name: str, path: str) -> None:
    assert GEMINI.encode(request(f"vertex/{name}")).url == f"{path}:generateContent"
    streamed = GEMINI.encode(request(f"vertex/{name}", stream=True))
    assert streamed.url == f"{path}:streamGenerateContent?alt=sse"


@pytest.mark.parametrize("name", ["../x", "a//b", "", "x/.."])
@pytest.mark.parametrize("codec", [GEMINI, CLAUDE])
def test_a_name_that_leads_elsewhere(codec: Codec, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name"):
        codec.encode(request(f"vertex/{name}"))


CALLED = [
    user("Look up two."),
    assistant(
        [
            ToolCall(id="call_1", name="look_up", args='{"word":"a"}'),
            ToolCall(id="call_2", name="look_up", args='{"word":"b"}'),
        ],
        model_id=None,
        provider_id=None,
    ),
    user(
        [
            ToolOutput(id="call_1", name="look_up", result="A"),
            ToolOutput(id="call_2", name="look_up", result="B"),
        ]
    ),
]


def test_calls_and_results_have_no_ids_but_their_order() -> None:
    _, called, results = body_of(GEMINI, request(FLASH, CALLED))["contents"]
    assert [part["functionCall"].keys() for part in called["parts"]] == [{"name", "args"}] * 2
    assert [part["functionResponse"] for part in results["parts"]] == [
        {"name": "look_up", "response": {"output": "A"}},
        {"name": "look_up", "response": {"output": "B"}},
    ]
    heard = read(GEMINI, request(FLASH, CALLED)).messages
    ids = [part.id for part in heard[1].content]  # type: ignore[union-attr]
    assert [(part.id, part.result) for part in heard[2].content] == [  # type: ignore[union-attr]
        (ids[0], "A"),
        (ids[1], "B"),
    ]


@pytest.mark.parametrize(
    ("part", "kind"),
    [
        (Image.from_url("gs://bucket/a%20b/cat.PNG"), "image/png"),
        (Image.from_url("https://a.test/cat.webp?size=9"), "image/webp"),
        (Document.from_url("gs://bucket/report.pdf"), "application/pdf"),
        (Document.from_url("https://a.test/notes.md"), "text/plain"),
    ],
)
def test_files_are_fetched_by_the_server(part: Image | Document, kind: str) -> None:
    (content,) = body_of(GEMINI, request(FLASH, [user(part)]))["contents"]
    url = part.source.url  # type: ignore[union-attr]
    assert content["parts"] == [{"fileData": {"mimeType": kind, "fileUri": url}}]
    assert read(GEMINI, request(FLASH, [user(part)])).messages[0].content == [part]


@pytest.mark.parametrize(
    ("part", "feature"),
    [
        (Image.from_url("https://a.test/s3cret/cat?token=s3cret"), "url_image_source"),
        (Document.from_url("gs://bucket/cat.bin"), "url_document_source"),
    ],
)
def test_a_file_whose_type_nothing_tells(part: Any, feature: str) -> None:
    with pytest.raises(FeatureNotSupportedError, match=r"'cat(.bin)?' does not end in one") as bad:
        GEMINI.encode(request(FLASH, [user(part)]))
    assert bad.value.feature == feature
    assert "s3cret" not in str(bad.value)


def test_tools_of_the_server_stand_beside_functions() -> None:
    body = body_of(GEMINI, request("vertex/gemini-3-pro", tools=[look_up, WebSearchTool()]))
    assert [list(one) for one in body["tools"]] == [["functionDeclarations"], ["googleSearch"]]
    assert "toolConfig" not in body


def streams() -> Iterator[tuple[Recording, list[WireEvent]]]:
    for recording in require_recordings("gemini"):
        if recording.provider == "vertex" and recording.format == "sse":
            yield recording, events_of(GEMINI, [recording.body])


def test_recorded_answers_of_vertex() -> None:
    whole = failed = 0
    for recording, events in streams():
        decoder = GEMINI.decoder(request(FLASH, **SHOWN))
        try:
            log = log_of(decode_events(decoder, events))
        except ProviderError:
            assert "failure" in recording.name, recording.name
            failed += 1
            continue
        if decoder.done:
            whole += 1
            again = assistant(
                log.content,
                model_id=FLASH,
                provider_id="vertex",
                provider_model_name="gemini-2.5-flash",
                raw_message=log.raw_message,
            )
            if not log.content:
                continue
            body = body_of(GEMINI, request(FLASH, [user("Hi."), again, user("And?")]))
            assert body["contents"][1]["parts"] == log.raw_message["parts"]  # type: ignore[index,call-overload]
    assert whole >= 22
    assert failed >= 4


# --- Claude


def test_claude_has_its_model_in_the_path_and_a_version_in_the_body() -> None:
    encoded = CLAUDE.encode(request(SONNET, max_tokens=9, temperature=0.5))
    assert encoded.url == "/publishers/anthropic/models/claude-sonnet-4-6:rawPredict"
    assert json.loads(encoded.body) == {
        "anthropic_version": "vertex-2023-10-16",
        "max_tokens": 9,
        "temperature": 0.5,
        "messages": [{"role": "user", "content": "Hi."}],
    }
    assert "anthropic-version" not in encoded.headers
    streamed = CLAUDE.encode(request("vertex:anthropic/claude-sonnet-4@20250514", stream=True))
    assert streamed.url == (
        "/publishers/anthropic/models/claude-sonnet-4@20250514:streamRawPredict"
    )
    assert json.loads(streamed.body)["stream"] is True


def test_claude_is_heard_as_it_was_asked() -> None:
    asked = read(CLAUDE, request(SONNET, CALLED, tools=[look_up], stream=True))
    assert (asked.wire, asked.model, asked.stream) == ("messages", "claude-sonnet-4-6", True)
    assert [message.role for message in asked.messages] == ["user", "assistant", "user"]
    assert [offer.name for offer in asked.tools] == ["look_up"]


@pytest.mark.parametrize(
    "change", [{"anthropic_version": None}, {"anthropic_version": ""}, {"model": "m"}]
)
def test_the_server_insists_on_both(change: dict[str, Any]) -> None:
    asked = request(SONNET, extra_body=change)
    with pytest.raises(InvalidRequest):
        read(CLAUDE, asked)


def test_schemas_are_not_enforced_unless_asked_for() -> None:
    asked = request(SONNET, tools=[look_up])
    assert CLAUDE.default_mode(asked) == "tool"
    assert "strict" not in body_of(CLAUDE, asked)["tools"][0]
    strict = resolve_format(llm.format(Book, mode="strict"), default_mode="tool")
    body = body_of(CLAUDE, request(SONNET, format=strict))
    assert body["output_config"]["format"]["type"] == "json_schema"


def test_a_tool_of_the_server_asks_for_its_beta() -> None:
    encoded = CLAUDE.encode(request(SONNET, extra_headers={"anthropic-beta": "mine"}))
    assert encoded.headers["anthropic-beta"] == "mine"
    searching = body_of(CLAUDE, request(SONNET, tools=[WebSearchTool()]))
    assert searching["tools"][0]["type"].startswith("web_search")


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("anthropic-t*.sse")), ids=lambda p: p.stem)
def test_claude_answers_as_ever(path: Any) -> None:
    asked = request(SONNET, **SHOWN)
    decoder = CLAUDE.decoder(asked)
    log = log_of(decode_events(decoder, events_of(CLAUDE, [path.read_bytes()])))
    assert decoder.done
    assert Text in map(type, log.content) or log.tool_calls
