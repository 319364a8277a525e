"""When a vendor's own record of a turn goes back to it as it came, and when it does not.

Section 4.8 of the contract. Two things are better here, as its section 14.4 (38) calls for: vendors
that speak somebody else's wire get their own records back, too; and a record at the end of what
Anthropic caches is marked there, and otherwise goes back as it came, signatures included.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.formatting.format_tool import FORMAT_TOOL_NAME
from mirascope.llm.messages import Message, assistant, user
from tests.llm.conformance.test_content_tables import WIRES
from tests.llm.conftest import Colour
from tests.llm.providers.traffic import request
from tests.llm.wires.sides import SIDES
from tests.loopback import Reply, Server

SAID = {"type": "text", "text": "Raw."}
MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant"}
RAW: dict[str, Any] = {
    "chat": {"role": "assistant", "content": "Raw.", "annotations": []},
    "responses": [
        {"id": "rs_1", "type": "reasoning", "summary": []},
        {**MESSAGE, "content": [{"type": "output_text", "text": "Raw."}]},
    ],
    "messages": {
        "role": "assistant",
        "content": [{"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}, SAID],
    },
    "generate_content": {
        "role": "model",
        "parts": [{"text": "Raw.", "thoughtSignature": "c2ln"}],
    },
    "cohere": {"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm."}, SAID]},
    "converse": {
        "role": "assistant",
        "content": [
            {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}},
            {"text": "Raw."},
        ],
    },
}
FUNCTION = {"name": FORMAT_TOOL_NAME, "arguments": "{}"}
CALLED = [{"id": "c", "type": "function", "function": FUNCTION}]
WITH_FORMAT_TOOL: dict[str, Any] = {
    "chat": {"role": "assistant", "content": None, "tool_calls": CALLED},
    "responses": [{"type": "function_call", "call_id": "c", **FUNCTION}],
    "messages": {
        "role": "assistant",
        "content": [{"type": "tool_use", "id": "c", "name": FORMAT_TOOL_NAME, "input": {}}],
    },
    "generate_content": {
        "role": "model",
        "parts": [{"functionCall": {"name": FORMAT_TOOL_NAME, "args": {}}}],
    },
    "cohere": {"role": "assistant", "tool_calls": CALLED},
    "converse": {
        "role": "assistant",
        "content": [{"toolUse": {"toolUseId": "c", "name": FORMAT_TOOL_NAME, "input": {}}}],
    },
}
NAMES = {
    side.wire.name: side.codec.provider_model_name(request(WIRES[side.wire.name][0]))
    for side in SIDES
    if side.wire.name in WIRES
}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        server.route("*", Reply(status=418, body=b"{}"))
        for provider in ("openai", "anthropic", "google", "cohere", "bedrock"):
            llm.register_provider(provider, base_url=server.url("").rstrip("/"), api_key="k")
        yield server


def answered(wire: str, raw: Any, **more: Any) -> Message:
    model_id = WIRES[wire][0]
    by = {
        "model_id": model_id,
        "provider_id": model_id.partition("/")[0],
        "provider_model_name": NAMES[wire],
        **more,
    }
    return assistant([llm.Text(text="Anew.")], raw_message=raw, **by)


def body(colour: Colour, server: Server, model: llm.Model, messages: list[Message]) -> str:
    """Return what was sent, as text with its keys in order."""
    with pytest.raises(llm.APIError):
        colour.call(model, messages)
    return json.dumps(json.loads(server.requests[-1].body), sort_keys=True)


def blocks(wire: str) -> list[str]:
    """Return the parts of a record, of which requests are made."""
    field = {"messages": "content", "generate_content": "parts", "converse": "content"}.get(wire)
    parts: list[Any] = RAW[wire] if wire == "responses" else [RAW[wire]]
    if field is not None:
        parts = RAW[wire][field]
    return [json.dumps(part, sort_keys=True) for part in parts]


@pytest.mark.parametrize("wire", WIRES)
def test_it_goes_back_as_it_came(colour: Colour, server: Server, wire: str) -> None:
    raw = RAW[wire]
    before = copy.deepcopy(raw)
    model = llm.Model(WIRES[wire][0])
    sent = body(colour, server, model, [user("Hi."), answered(wire, raw), user("So?")])
    assert all(block in sent for block in blocks(wire))
    assert "Anew." not in sent
    assert raw == before


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    ("more", "params"),
    [
        ({"provider_id": "somebody"}, {}),
        ({"provider_id": None}, {}),
        ({"provider_model_name": "another"}, {}),
        ({"provider_model_name": None}, {}),
        ({}, {"thinking": {"level": "none", "encode_thoughts_as_text": True}}),
    ],
    ids=["another vendor", "no vendor", "another model", "no model", "thoughts as text"],
)
def test_it_is_said_anew(
    colour: Colour, server: Server, wire: str, more: dict[str, Any], params: dict[str, Any]
) -> None:
    messages = [user("Hi."), answered(wire, RAW[wire], **more), user("So?")]
    sent = body(colour, server, llm.Model(WIRES[wire][0], **params), messages)
    assert "Anew." in sent
    assert "Raw." not in sent
    assert "c2ln" not in sent


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("raw", [None, {}, []], ids=repr)
def test_a_record_of_nothing(colour: Colour, server: Server, wire: str, raw: Any) -> None:
    messages = [user("Hi."), answered(wire, raw), user("So?")]
    assert "Anew." in body(colour, server, llm.Model(WIRES[wire][0]), messages)


@pytest.mark.parametrize("wire", WIRES)
def test_the_format_tool_does_not_go_back(colour: Colour, server: Server, wire: str) -> None:
    messages = [user("Hi."), answered(wire, WITH_FORMAT_TOOL[wire]), user("So?")]
    sent = body(colour, server, llm.Model(WIRES[wire][0]), messages)
    assert "Anew." in sent
    assert FORMAT_TOOL_NAME not in sent


def test_the_mark_of_the_cache_is_added_to_a_copy(colour: Colour, server: Server) -> None:
    """The last message is the model's own where it goes on with what it said."""
    raw = RAW["messages"]
    before = copy.deepcopy(raw)
    model = llm.Model(WIRES["messages"][0])
    sent = json.loads(body(colour, server, model, [user("Hi."), answered("messages", raw)]))
    thought, said = sent["messages"][-1]["content"]
    assert thought == raw["content"][0]
    assert said == {**SAID, "cache_control": {"type": "ephemeral"}}
    assert raw == before


@pytest.mark.parametrize(
    ("provider", "wire", "name"),
    [
        ("xai", "responses", "grok-4:responses"),
        ("together", "chat", "m"),
        ("openrouter", "chat", "m"),
        ("vertex", "generate_content", "m"),
        ("azure-foundry:anthropic", "messages", "m"),
    ],
)
def test_vendors_on_anothers_wire_get_their_own_back(
    colour: Colour, server: Server, provider: str, wire: str, name: str
) -> None:
    llm.register_provider(provider, base_url=server.url("").rstrip("/"), api_key="k")
    model_id = f"{provider}/{name.partition(':')[0]}"
    by = {"provider_id": provider, "provider_model_name": name}
    messages = [user("Hi."), answered(wire, RAW[wire], **by), user("So?")]
    assert "Raw." in body(colour, server, llm.Model(model_id), messages)
    other = answered(wire, RAW[wire], **{**by, "provider_id": "openai"})
    assert "Anew." in body(colour, server, llm.Model(model_id), [user("Hi."), other, user("So?")])
