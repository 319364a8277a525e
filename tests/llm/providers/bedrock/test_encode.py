"""Requests to the Converse wire."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.content import (
    Audio,
    Base64AudioSource,
    Base64DocumentSource,
    Base64ImageSource,
    Document,
    Image,
    Text,
    TextDocumentSource,
    Thought,
    ToolCall,
    ToolOutput,
)
from mirascope.llm.exceptions import FeatureNotSupportedError, ToolExecutionError
from mirascope.llm.messages import Message, assistant, system, user
from mirascope.llm.providers.bedrock.codec import ConverseCodec
from tests.llm.providers.traffic import body_of, decode_events, log_of, request

CODEC = ConverseCodec()
CLAUDE = "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0"
CLAUDE_3 = "bedrock/anthropic.claude-3-haiku-20240307-v1:0"
NOVA = "bedrock/amazon.nova-lite-v1:0"
NOVA_2 = "bedrock/us.amazon.nova-2-lite-v1:0"
LLAMA = "bedrock/us.meta.llama3-2-1b-instruct-v1:0"
MISTRAL = "bedrock/mistral.mistral-large-2402-v1:0"
PROFILE = "bedrock/arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123"
POINT = {"cachePoint": {"type": "default"}}


def messages_of(
    messages: list[Message], model: str = CLAUDE_3, **more: Any
) -> list[dict[str, Any]]:
    return body_of(CODEC, request(model, messages, **more))["messages"]


def said(content: Any, **more: Any) -> Message:
    return assistant(content, model_id=None, provider_id=None, **more)


def test_a_whole_request() -> None:
    asked = request(CLAUDE, [system("Be kind."), user("Hi.")], stream=True, max_tokens=5)
    encoded = CODEC.encode(asked)
    assert encoded.method == "POST"
    assert encoded.url == "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream"
    assert encoded.headers["content-type"] == "application/json"
    assert encoded.headers["accept"] == "application/vnd.amazon.eventstream"
    assert json.loads(encoded.body) == {
        "messages": [{"role": "user", "content": [{"text": "Hi."}]}],
        "system": [{"text": "Be kind."}, POINT],
        "inferenceConfig": {"maxTokens": 5},
    }
    whole = CODEC.encode(request(CLAUDE_3, [system("Be kind."), user("Hi.")]))
    assert whole.url == "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse"
    assert whole.headers["accept"] == "application/json"
    assert json.loads(whole.body) == {
        "messages": [{"role": "user", "content": [{"text": "Hi."}]}],
        "system": [{"text": "Be kind."}],
    }


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0",
            "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2F"
            "us.amazon.nova-lite-v1%3A0",
        ),
        ("../x?y#z", "..%2Fx%3Fy%23z"),
        ("m-_.~", "m-_.~"),
    ],
)
def test_ids_in_the_path(name: str, path: str) -> None:
    assert CODEC.encode(request(f"bedrock/{name}")).url == f"/model/{path}/converse"


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_what_is_no_id(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the id of a model"):
        CODEC.encode(request(f"bedrock/{name}"))


def media(kind: str, format: str, **source: Any) -> dict[str, Any]:
    return {kind: {"format": format, "source": source}}


def document(format: str, **source: Any) -> dict[str, Any]:
    return {"document": {"format": format, "name": "document-1", "source": source}}


def text_document(data: str, media_type: Any) -> Document:
    return Document(
        source=TextDocumentSource(type="text_document_source", data=data, media_type=media_type)
    )


def image(mime_type: Any = "image/png") -> Image:
    return Image(
        source=Base64ImageSource(type="base64_image_source", data="aW1n", mime_type=mime_type)
    )


PDF = Document(
    source=Base64DocumentSource(
        type="base64_document_source", data="cGRm", media_type="application/pdf"
    )
)
SOUND = Audio(source=Base64AudioSource(type="base64_audio_source", data="", mime_type="audio/wav"))


def result(content: list[Any], id: str = "t1", **more: Any) -> dict[str, Any]:
    return {"toolResult": {"toolUseId": id, "content": content, **more}}


@pytest.mark.parametrize(
    ("part", "block"),
    [
        (Text(text="Hi"), {"text": "Hi"}),
        (image(), media("image", "png", bytes="aW1n")),
        (image("image/jpeg"), media("image", "jpeg", bytes="aW1n")),
        (
            Image.from_url("s3://bucket/a.JPG"),
            media("image", "jpeg", s3Location={"uri": "s3://bucket/a.JPG"}),
        ),
        (PDF, document("pdf", bytes="cGRm")),
        (text_document("x = 1", "text/x-python"), document("txt", bytes="eCA9IDE=")),
        (text_document("<p>", "text/html"), document("html", bytes="PHA+")),
        (
            Document.from_url("s3://bucket/a.docx"),
            document("docx", s3Location={"uri": "s3://bucket/a.docx"}),
        ),
        (ToolOutput(id="t1", name="f", result="one"), result([{"text": "one"}])),
        (
            ToolOutput(id="t1", name="f", result={"a": [1, None]}),
            result([{"text": '{"a": [1, null]}'}]),
        ),
        (ToolOutput(id="t1", name="f", result=""), result([])),
        (
            ToolOutput(id="call|1", name="f", result="no", error=ToolExecutionError("no")),
            result([{"text": "no"}], id="call_1", status="error"),
        ),
        (
            ToolOutput(id="t1", name="f", result="", error=ToolExecutionError("")),
            result([{"text": "The tool failed."}], status="error"),
        ),
    ],
)
def test_user_parts(part: Any, block: dict[str, Any]) -> None:
    assert messages_of([user([part, "And?"])])[0]["content"] == [block, {"text": "And?"}]


@pytest.mark.parametrize(
    ("part", "feature"),
    [
        (SOUND, "audio input"),
        (image("image/heic"), "Image with mime_type: image/heic"),
        (Image.from_url("https://example.com/a.png"), "image URLs"),
        (Document.from_url("https://example.com/a.pdf"), "document URLs"),
        (Text(text=" \n"), "empty message content"),
    ],
)
def test_what_the_wire_cannot_carry(part: Any, feature: str) -> None:
    with pytest.raises(FeatureNotSupportedError) as caught:
        messages_of([user([part])])
    assert caught.value.feature == feature
    assert caught.value.provider_id == "bedrock"


def test_what_only_some_models_take() -> None:
    failed = ToolOutput(id="t1", name="f", result="no", error=ToolExecutionError("no"))
    assert messages_of([user(failed)], LLAMA)[0]["content"] == [result([{"text": "no"}])]
    assert messages_of([user(failed)], NOVA)[0]["content"][0]["toolResult"]["status"] == "error"
    one = user(
        [ToolOutput(id="t1", name="f", result={"a": 1}), ToolOutput(id="t2", name="f", result=1)]
    )
    assert messages_of([one], MISTRAL)[0]["content"] == [
        result([{"json": {"a": 1}}]),
        result([{"json": {"output": 1}}], id="t2"),
    ]
    heard = messages_of([user([SOUND, "?"])], "bedrock/mistral.voxtral-mini-3b-2507")
    assert heard[0]["content"][0] == media("audio", "wav", bytes="")


def test_documents_have_names_of_their_own() -> None:
    sent = messages_of([user([PDF, PDF, "?"]), said("!"), user([PDF, "?"])])
    names = [b["document"]["name"] for m in sent for b in m["content"] if "document" in b]
    assert names == ["document-1", "document-2", "document-3"]


def test_a_conversation() -> None:
    call = ToolCall(id="t1", name="f", args='{"a": 1}')
    bad = ToolCall(id="t2", name="g", args="{oops")
    sent = messages_of(
        [
            user("Go."),
            said([Thought(thought="Hm."), "Going.", call, bad]),
            user(["See above.", ToolOutput(id="t1", name="f", result="one")]),
            user(ToolOutput(id="t2", name="g", result="two")),
        ],
        CLAUDE,
    )
    assert sent == [
        {"role": "user", "content": [{"text": "Go."}]},
        {
            "role": "assistant",
            "content": [
                {"text": "Going."},
                {"toolUse": {"toolUseId": "t1", "name": "f", "input": {"a": 1}}},
                {
                    "toolUse": {
                        "toolUseId": "t2",
                        "name": "g",
                        "input": {"invalid_arguments": "{oops"},
                    }
                },
            ],
        },
        {
            "role": "user",
            "content": [
                result([{"text": "one"}]),
                result([{"text": "two"}], id="t2"),
                {"text": "See above."},
                POINT,
            ],
        },
    ]


def test_ids_that_other_vendors_gave() -> None:
    call, output = (
        ToolCall(id="x" * 80, name="f", args=""),
        ToolOutput(id="x" * 80, name="f", result="1"),
    )
    sent = messages_of([user("A"), said(call), user(output), said(call), user(output)])
    calls = [sent[turn]["content"][0]["toolUse"]["toolUseId"] for turn in (1, 3)]
    results = [sent[turn]["content"][0]["toolResult"]["toolUseId"] for turn in (2, 4)]
    assert calls == results == ["x" * 64, "x" * 62 + "_2"]


# --- the cache


@pytest.mark.parametrize(
    ("model", "places"),
    [
        (CLAUDE, {"system", "tools", "messages"}),
        ("bedrock/anthropic.claude-3-5-haiku-20241022-v1:0", {"system", "tools", "messages"}),
        (CLAUDE_3, set[str]()),
        (NOVA, {"system", "messages"}),
        (LLAMA, set[str]()),
        (PROFILE, set[str]()),
    ],
)
def test_what_is_cached(model: str, places: set[str]) -> None:
    conversation = [system("S"), user("A"), said("B"), user("C")]
    body = body_of(CODEC, request(model, conversation, tools=[add]))
    found = {
        "system": body["system"][-1] == POINT,
        "tools": body["toolConfig"]["tools"][-1] == POINT,
        "messages": body["messages"][-1]["content"][-1] == POINT,
    }
    assert {place for place in found if found[place]} == places
    assert json.dumps(body).count("cachePoint") == len(places)


def test_where_no_cache_point_stands() -> None:
    assert "cachePoint" not in json.dumps(messages_of([user("A")], CLAUDE))
    begun = messages_of([user("A"), said("B")], CLAUDE)  # the model goes on with its own words
    assert begun[-1]["content"] == [{"text": "B"}]
    sent = messages_of([user("A"), said("B"), user(["C", PDF])], CLAUDE)
    assert [next(iter(block)) for block in sent[-1]["content"]] == [
        "text",
        "cachePoint",
        "document",
    ]


# --- what came goes back


RAW = [
    {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}},
    {"reasoningContent": {"redactedContent": "cmVk"}},
    {"citationsContent": {"content": [{"text": "Yes."}], "citations": [{"title": "y"}]}},
    {"toolUse": {"toolUseId": "s", "name": "code", "input": {}, "type": "server_tool_use"}},
    {"toolResult": {"toolUseId": "s", "status": "success", "content": [{"json": {"x": 1}}]}},
    {"toolUse": {"toolUseId": "t", "name": "f", "input": {"a": 1}}},
]


def answered(model: str, **more: Any) -> Message:
    asked = request(model)
    body = {"output": {"message": {"content": RAW}}, "stopReason": "tool_use"}
    log = log_of(CODEC.decode(json.dumps(body).encode(), asked))
    known = {
        "model_id": model,
        "provider_id": "bedrock",
        "provider_model_name": CODEC.provider_model_name(asked),
    }
    return assistant(log.content, raw_message=log.raw_message, **{**known, **more})


TOOL_USE = "tool_use"
"""The type of all other calls, of which the wire's description knows nothing."""
DONE = user(ToolOutput(id="t", name="f", result="2"))


def test_what_came_goes_back_as_it_came() -> None:
    sent = messages_of([user("A"), answered(CLAUDE_3), DONE], CLAUDE_3)
    assert sent[1] == {"role": "assistant", "content": RAW}


def test_thoughts_go_back_to_those_who_take_them() -> None:
    sent = messages_of([user("A"), answered(LLAMA), DONE], LLAMA)
    assert sent[1]["content"] == RAW[2:]


@pytest.mark.parametrize(
    "other",
    [
        {"provider_id": "anthropic"},
        {"provider_model_name": "another:converse"},
        # The same model, asked by the Messages wire, whose record has another shape.
        {"provider_id": "bedrock:anthropic", "provider_model_name": CLAUDE_3.partition("/")[2]},
    ],
)
def test_a_record_of_another_wire_does_not_go_back(other: dict[str, str]) -> None:
    sent = messages_of([user("A"), answered(CLAUDE_3, **other), DONE])
    assert sent[1]["content"] == [
        {"text": "Yes."},
        {"toolUse": {"toolUseId": "t", "name": "f", "input": {"a": 1}}},
    ]


def test_what_was_streamed_goes_back_as_well() -> None:
    events: list[tuple[str, dict[str, Any]]] = [
        ("contentBlockDelta", delta(0, reasoningContent={"text": "H"})),
        ("contentBlockDelta", delta(0, reasoningContent={"text": "m."})),
        ("contentBlockDelta", delta(0, reasoningContent={"signature": "c2ln"})),
        ("contentBlockStop", {"contentBlockIndex": 0}),
        ("contentBlockDelta", delta(1, reasoningContent={"redactedContent": "cmVk"})),
        ("contentBlockStop", {"contentBlockIndex": 1}),
        ("contentBlockDelta", delta(2, text="Yes.")),
        ("contentBlockDelta", delta(2, citation={"title": "y"})),
        ("contentBlockStop", {"contentBlockIndex": 2}),
        ("contentBlockStart", start(3, toolUse={**RAW[3]["toolUse"], "input": None})),
        ("contentBlockStop", {"contentBlockIndex": 3}),
        ("contentBlockStart", start(4, toolResult={"toolUseId": "s", "status": "success"})),
        ("contentBlockDelta", delta(4, toolResult=[{"json": {"x": 1}}])),
        ("contentBlockStop", {"contentBlockIndex": 4}),
        (
            "contentBlockStart",
            start(5, toolUse={"toolUseId": "t", "name": "f", "type": "tool_use"}),
        ),
        ("contentBlockDelta", delta(5, toolUse={"input": '{"a":'})),
        ("contentBlockDelta", delta(5, toolUse={"input": " 1}"})),
        ("contentBlockStop", {"contentBlockIndex": 5}),
        ("messageStop", {"stopReason": "tool_use"}),
    ]
    decoder = CODEC.decoder(request(CLAUDE))
    log = log_of(decode_events(decoder, [(name, json.dumps(e).encode()) for name, e in events]))
    assert log.raw_message == {"role": "assistant", "content": RAW}


def delta(index: int, **delta: Any) -> dict[str, Any]:
    return {"contentBlockIndex": index, "delta": delta}


def start(index: int, **start: Any) -> dict[str, Any]:
    return {"contentBlockIndex": index, "start": start}


# --- tools


@llm.tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@llm.tool(strict=True)
def surely(a: int) -> int:
    """Take it exactly."""
    return a


SCHEMA = {
    "type": "object",
    "properties": {
        "a": {"type": "integer", "title": "A"},
        "b": {"type": "integer", "title": "B"},
    },
    "required": ["a", "b"],
    "additionalProperties": False,
}
ADD = {"name": "add", "description": "Add two numbers.", "inputSchema": {"json": SCHEMA}}


def test_tools() -> None:
    config = body_of(CODEC, request(CLAUDE_3, tools=[add]))["toolConfig"]
    assert config == {"tools": [{"toolSpec": ADD}]}
    config = body_of(CODEC, request(CLAUDE, tools=[add]))["toolConfig"]
    assert config == {"tools": [{"toolSpec": {**ADD, "strict": True}}, POINT]}


def test_strict_tools() -> None:
    config = body_of(CODEC, request(CLAUDE, tools=[surely]))["toolConfig"]
    assert config["tools"][0]["toolSpec"]["strict"] is True
    for model in (CLAUDE_3, LLAMA, "bedrock/us.anthropic.claude-opus-4-1-20250805-v1:0"):
        with pytest.raises(FeatureNotSupportedError, match="cannot be strict"):
            CODEC.encode(request(model, tools=[surely]))


@pytest.mark.parametrize(
    ("model", "wish", "choice"),
    [
        (CLAUDE, "auto", {"auto": {}}),
        (CLAUDE, "required", {"any": {}}),
        (CLAUDE, "add", {"tool": {"name": "add"}}),
        (NOVA, "add", {"tool": {"name": "add"}}),
        (MISTRAL, "required", {"any": {}}),
        (MISTRAL, "add", None),
        (LLAMA, "auto", {"auto": {}}),
        (LLAMA, "required", None),
        (PROFILE, "required", {"any": {}}),
    ],
)
def test_tool_choice(model: str, wish: str, choice: Any) -> None:
    asked = request(model, tools=[add], tool_choice=wish)
    assert body_of(CODEC, asked)["toolConfig"].get("toolChoice") == choice
    assert asked.warnings == ([] if choice else [f"tool_choice={wish}"])


def test_no_call_is_forced_on_a_model_that_thinks() -> None:
    asked = request(CLAUDE, tools=[add], tool_choice="required", thinking={"level": "low"})
    assert "toolChoice" not in body_of(CODEC, asked)["toolConfig"]
    assert asked.warnings == ["tool_choice=required"]


CALLED = [
    user("A"),
    said(ToolCall(id="t", name="old", args="{}")),
    user(ToolOutput(id="t", name="old", result="1")),
]


def test_choosing_none() -> None:
    assert "toolConfig" not in body_of(CODEC, request(CLAUDE, tools=[add], tool_choice="none"))
    asked = request(CLAUDE_3, CALLED, tools=[add], tool_choice="none")
    assert body_of(CODEC, asked)["toolConfig"] == {"tools": [{"toolSpec": ADD}]}
    assert asked.warnings == ["tool_choice=none"]


def test_a_conversation_that_had_tools_goes_on_without() -> None:
    gone = {
        "name": "old",
        "description": "Not available any more.",
        "inputSchema": {"json": {"type": "object"}},
    }
    config = body_of(CODEC, request(CLAUDE_3, CALLED))["toolConfig"]
    assert config == {"tools": [{"toolSpec": gone}]}
    assert "toolConfig" not in body_of(CODEC, request(CLAUDE_3))


def test_server_tools() -> None:
    tools = body_of(CODEC, request(NOVA_2, tools=[llm.WebSearchTool()]))["toolConfig"]["tools"]
    assert tools == [{"systemTool": {"name": "nova_grounding"}}]


# --- formats


class Book(BaseModel):
    title: str


def test_a_schema_is_enforced_where_that_can_be() -> None:
    for model in (CLAUDE, "bedrock/openai.gpt-oss-120b-1:0", "bedrock/qwen.qwen3-32b-v1:0"):
        asked = request(model, format=llm.format(Book, mode="strict"))
        assert CODEC.default_mode(asked) == "strict"
        text_format = body_of(CODEC, asked)["outputConfig"]["textFormat"]
        assert text_format["type"] == "json_schema"
        schema = json.loads(text_format["structure"]["jsonSchema"]["schema"])
        assert schema["properties"] == {"title": {"title": "Title", "type": "string"}}
        assert schema["additionalProperties"] is False
    for model in (CLAUDE_3, NOVA, LLAMA, PROFILE):
        asked = request(model, format=llm.format(Book, mode="strict"))
        assert CODEC.default_mode(asked) == "tool"
        with pytest.raises(FeatureNotSupportedError) as caught:
            CODEC.encode(asked)
        assert caught.value.feature == "formatting_mode:strict"


def test_a_format_as_a_tool() -> None:
    hidden = "__mirascope_formatted_output_tool__"
    config = body_of(CODEC, request(NOVA, format=llm.format(Book, mode="tool")))["toolConfig"]
    assert config["tools"][-1]["toolSpec"]["name"] == hidden
    assert config["toolChoice"] == {"tool": {"name": hidden}}
    asked = request(LLAMA, format=llm.format(Book, mode="tool"))
    assert "toolChoice" not in body_of(CODEC, asked)["toolConfig"]
    assert asked.warnings == []  # nobody asked for it


# --- parameters


@pytest.mark.parametrize(
    ("model", "params", "inference", "fields", "skipped"),
    [
        (
            CLAUDE_3,
            {
                "max_tokens": 5,
                "temperature": 0.5,
                "top_p": 0.9,
                "stop_sequences": ["x"],
                "top_k": 3,
            },
            {"maxTokens": 5, "temperature": 0.5, "topP": 0.9, "stopSequences": ["x"]},
            {"top_k": 3},
            [],
        ),
        (CLAUDE, {"temperature": 0.5, "top_p": 0.9}, {"temperature": 0.5}, None, ["top_p=0.9"]),
        (CLAUDE, {"seed": 7}, None, None, ["seed=7"]),
        (NOVA, {"top_k": 3, "seed": 7}, None, {"inferenceConfig": {"topK": 3}}, ["seed=7"]),
        (LLAMA, {"top_k": 3, "top_p": 0.5}, {"topP": 0.5}, None, ["top_k=3"]),
        ("bedrock/cohere.command-r-v1:0", {"top_k": 3}, None, {"k": 3}, []),
    ],
)
def test_parameters(
    model: str, params: dict[str, Any], inference: Any, fields: Any, skipped: list[str]
) -> None:
    asked = request(model, **params)
    body = body_of(CODEC, asked)
    assert body.get("inferenceConfig") == inference
    assert body.get("additionalModelRequestFields") == fields
    assert asked.warnings == skipped


def reasoning(effort: str) -> dict[str, Any]:
    return {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": effort}}


@pytest.mark.parametrize(
    ("model", "level", "inference", "fields"),
    [
        (CLAUDE, "low", None, {"thinking": {"type": "enabled", "budget_tokens": 3200}}),
        (CLAUDE, "none", None, {"thinking": {"type": "disabled"}}),
        (CLAUDE, "default", None, None),
        (
            "bedrock/us.anthropic.claude-opus-4-7",
            "high",
            None,
            {"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}},
        ),
        (
            NOVA_2,
            "low",
            None,
            {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}},
        ),
        (
            NOVA_2,
            "max",
            None,
            {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "high"}},
        ),
        (NOVA_2, "none", None, {"reasoningConfig": {"type": "disabled"}}),
        ("bedrock/openai.gpt-oss-20b-1:0", "medium", None, {"reasoning_effort": "medium"}),
        ("bedrock/openai.gpt-oss-20b-1:0", "default", None, None),
        (LLAMA, "default", None, None),
    ],
)
def test_thinking(model: str, level: str, inference: Any, fields: Any) -> None:
    asked = request(model, thinking={"level": level})
    body = body_of(CODEC, asked)
    assert body.get("inferenceConfig") == inference
    assert body.get("additionalModelRequestFields") == fields
    assert asked.warnings == []


def test_thinking_that_leaves_no_room() -> None:
    body = body_of(CODEC, request(CLAUDE, thinking={"level": "low"}, max_tokens=500))
    assert body["inferenceConfig"] == {"maxTokens": 1524}
    assert body["additionalModelRequestFields"]["thinking"]["budget_tokens"] == 1024


def test_thinking_that_is_not_to_be_had() -> None:
    for level in ("low", "none"):
        asked = request(LLAMA, thinking={"level": level})
        assert "additionalModelRequestFields" not in body_of(CODEC, asked)
        assert len(asked.warnings) == 1
    asked = request(NOVA_2, thinking={"level": "high"}, max_tokens=5, temperature=0.5)
    assert "inferenceConfig" not in body_of(CODEC, asked)
    assert asked.warnings == ["max_tokens=5", "temperature=0.5"]


def test_extras() -> None:
    asked = request(
        CLAUDE,
        thinking={"level": "low"},
        extra_body={
            "additionalModelRequestFields": {"anthropic_beta": ["x"]},
            "guardrailConfig": {"guardrailIdentifier": "g", "guardrailVersion": "1"},
        },
        extra_headers={"X-Amzn-Bedrock-Trace": "1"},
    )
    body = body_of(CODEC, asked)
    assert body["additionalModelRequestFields"] == {
        "thinking": {"type": "enabled", "budget_tokens": 3200},
        "anthropic_beta": ["x"],
    }
    assert body["guardrailConfig"]["guardrailVersion"] == "1"
    assert CODEC.encode(asked).headers["x-amzn-bedrock-trace"] == "1"


@pytest.mark.parametrize(
    ("model", "more", "continuation"),
    [
        (CLAUDE, {}, "prefix"),
        (CLAUDE, {"thinking": {"level": "low"}}, "turn"),
        ("bedrock/us.anthropic.claude-opus-4-6-v1", {}, "turn"),
        (NOVA, {}, "turn"),
        (CLAUDE, {"format": llm.format(Book, mode="strict")}, "again"),
        (CLAUDE, {"format": llm.format(Book, mode="json")}, "prefix"),
    ],
)
def test_how_an_answer_goes_on(model: str, more: dict[str, Any], continuation: str) -> None:
    assert CODEC.continuation(request(model, **more)) == continuation
