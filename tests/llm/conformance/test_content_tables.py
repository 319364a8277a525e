"""Every row of the content tables, as it reaches a server of each wire.

Sections 6.2, 7.2, 8.3 and 9.2 of the contract; Cohere and Converse by their vendors' documentation.
``golden/content.json`` has a row for each kind of content, and in it for each wire the messages of
the request, literally, or the feature that the wire lacks. Where it differs from the contract's
tables, the contract calls what it has a weakness, or the vendor would refuse it:

* no ``cache_control: null``, and late system messages are kept, on every wire (14.1, 14.4);
* a text document goes to Google as it is, not in base64 twice (14.1);
* what a tool returns is JSON with its letters as they are, and says so where it failed (14.3);
* tool outputs stand before what else a user says, where a vendor insists on it;
* an empty turn is left out where it would be refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.content import (
    Audio,
    AudioMimeType,
    Base64AudioSource,
    Base64DocumentSource,
    Base64ImageSource,
    TextDocumentSource,
)
from mirascope.llm.messages import Message, assistant, system, user
from tests.loopback import Reply, Server

GOLDEN = Path(__file__).parent / "golden/content.json"
TABLE: dict[str, dict[str, Any]] = json.loads(GOLDEN.read_text("utf-8"))

IMAGE = llm.Image(
    source=Base64ImageSource(type="base64_image_source", data="aW1n", mime_type="image/png")
)
HEIC = llm.Image(
    source=Base64ImageSource(type="base64_image_source", data="aW1n", mime_type="image/heic")
)
PDF = llm.Document(
    source=Base64DocumentSource(
        type="base64_document_source", data="cGRm", media_type="application/pdf"
    )
)
TEXT = llm.Document(
    source=TextDocumentSource(type="text_document_source", data="hello", media_type="text/x-python")
)


def audio(mime_type: AudioMimeType) -> Audio:
    return Audio(
        source=Base64AudioSource(type="base64_audio_source", data="YXVk", mime_type=mime_type)
    )


def said(*parts: Any) -> Message:
    return assistant(list(parts), model_id=None, provider_id=None)


def output(result: Any, error: llm.ToolError | None = None) -> llm.ToolOutput[Any]:
    return llm.ToolOutput(id="call_1", name="look", result=result, error=error)


CALL = llm.ToolCall(id="call_1", name="look", args='{"at": "é"}')
HI, SO = user("Hi."), user("So?")
CALLED = [HI, said(CALL)]

ROWS: dict[str, Sequence[Message]] = {
    "system": [system("Be kind."), HI],
    "system, late": [HI, system("Be kind."), SO],
    "text": [HI],
    "two texts": [user(["One.", "Two."])],
    "image, base64": [user([IMAGE, "?"])],
    "image, base64, of another type": [user([HEIC, "?"])],
    "image, url": [user([llm.Image.from_url("https://x.org/i.png"), "?"])],
    "audio, wav": [user([audio("audio/wav"), "?"])],
    "audio, ogg": [user([audio("audio/ogg"), "?"])],
    "document, base64": [user([PDF, "?"])],
    "document, text": [user([TEXT, "?"])],
    "document, url": [user([llm.Document.from_url("https://x.org/d.pdf"), "?"])],
    "tool output, text": [*CALLED, user(output("sun"))],
    "tool output, object": [*CALLED, user(output({"sky": ["ü", None]}))],
    "tool output, list": [*CALLED, user(output([1, None]))],
    "tool output, null": [*CALLED, user(output(None))],
    "tool output, error": [*CALLED, user(output("no", llm.ToolExecutionError("no")))],
    "tool output between texts": [*CALLED, user(["One.", output("sun"), "Two."])],
    "assistant, text": [HI, said("Yes."), SO],
    "assistant, two texts": [HI, said("Yes.", "No."), SO],
    "assistant, thought": [HI, said(llm.Thought(thought="Hm."), "Yes."), SO],
    "assistant, text and call": [HI, said("Yes.", CALL), user(output("sun"))],
    "assistant, call without arguments": [
        HI,
        said(llm.ToolCall(id="call_1", name="look", args=" ")),
        user(output("sun")),
    ],
    "assistant, nothing": [HI, said(), SO],
    "user, nothing": [user([])],
    "user, empty text": [user("")],
}

WIRES = {
    "chat": ("openai/gpt-4o:completions", ("messages",)),
    "responses": ("openai/gpt-4o:responses", ("input",)),
    "messages": ("anthropic/claude-sonnet-4-5", ("system", "messages")),
    "generate_content": ("google/gemini-2.5-flash", ("systemInstruction", "contents")),
    "cohere": ("cohere/command-a-vision-07-2025", ("messages", "documents")),
    "converse": (
        "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        ("system", "messages"),
    ),
}


HEARING = "openai/gpt-audio:completions"
"""Who hears on that wire; the others of OpenAI's do not."""


@pytest.fixture(scope="module")
def capture() -> Iterator[Server]:
    with Server() as server:
        server.route("*", Reply(status=418, body=b"{}"))
        yield server


@pytest.fixture
def server(capture: Server) -> Server:
    for provider in ("openai", "anthropic", "google", "cohere", "bedrock"):
        llm.register_provider(provider, base_url=capture.url("").rstrip("/"), api_key="k")
    return capture


def sent(server: Server, wire: str, row: str, **params: Any) -> Any:
    """Return what of a request the row is about, as it came in; or the feature that is missing."""
    model_id, fields = WIRES[wire]
    if wire == "chat" and row.startswith("audio"):
        model_id = HEARING
    before = len(server.requests)
    with pytest.raises((llm.APIError, llm.FeatureNotSupportedError)) as caught:
        llm.Model(model_id, **params).call(ROWS[row])
    error = caught.value
    if isinstance(error, llm.FeatureNotSupportedError):
        assert len(server.requests) == before  # nothing was sent
        assert error.provider_id == model_id.partition("/")[0]
        assert error.model_id == model_id
        return f"not supported: {error.feature}"
    body = json.loads(server.requests[-1].body)
    return {field: body[field] for field in fields if field in body}


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("row", ROWS)
def test_a_row(server: Server, wire: str, row: str) -> None:
    assert sent(server, wire, row) == TABLE[row][wire]


@pytest.mark.parametrize("wire", WIRES)
def test_thoughts_are_text_where_that_is_asked_for(server: Server, wire: str) -> None:
    thinking: Any = {"level": "none", "encode_thoughts_as_text": True}
    told = json.dumps(sent(server, wire, "assistant, thought", thinking=thinking))
    silent = json.dumps(sent(server, wire, "assistant, thought"))
    assert told.count("**Thinking:** Hm.") == 1
    assert "Hm." not in silent
    assert told.index("Hm.") < told.index("Yes.")


def test_the_table_is_whole() -> None:
    assert TABLE.keys() == ROWS.keys()
    assert all(cells.keys() == WIRES.keys() for cells in TABLE.values())
