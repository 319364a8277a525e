"""Requests to the Chat wire."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.content import (
    Base64ImageSource,
    Document,
    Image,
    Text,
    Thought,
    ToolCall,
    ToolOutput,
)
from mirascope.llm.messages import Message
from mirascope.llm.providers.cohere.codec import CohereCodec
from mirascope.llm.providers.cohere.schemas import strict_schema
from mirascope.llm.tools import Tool, ToolParameterSchema, WebSearchTool
from tests.llm.providers.traffic import body_of, request

CODEC = CohereCodec()
MODEL = "cohere/command-a-03-2025"
THINKER = "cohere/command-a-reasoning-08-2025"
SEER = "cohere/command-a-vision-07-2025"
PIXEL = "iVBORw0KGgo="


def body(model_id: str = MODEL, messages: Any = "Hi.", **more: Any) -> dict[str, Any]:
    return body_of(CODEC, request(model_id, messages, **more))


def answered(content: list[Any], raw: Any = None, model_id: str = MODEL) -> Message:
    return llm.messages.assistant(
        content,
        model_id=model_id,
        provider_id="cohere",
        provider_model_name=model_id.removeprefix("cohere/"),
        raw_message=raw,
    )


def written(text: str) -> Document:
    return Document.from_bytes(text.encode(), mime_type="text/plain")


def tool(name: str = "f", *, strict: bool | None = None, required: bool = True) -> Tool[..., Any]:
    schema = ToolParameterSchema(
        properties={"x": {"type": "integer"}}, required=["x"] if required else []
    )
    return Tool(lambda **v: v, name=name, description="Do.", parameters=schema, strict=strict)


class Book(BaseModel):
    title: str
    year: int


class TestRequest:
    def test_the_least(self) -> None:
        sent = CODEC.encode(request(MODEL))
        assert sent.url == "/v2/chat"
        assert body() == {
            "model": "command-a-03-2025",
            "messages": [{"role": "user", "content": "Hi."}],
        }

    def test_a_stream(self) -> None:
        assert body(stream=True)["stream"] is True

    def test_parameters(self) -> None:
        asked = request(
            MODEL,
            temperature=0.5,
            top_p=0.9,
            top_k=40,
            max_tokens=100,
            seed=7,
            stop_sequences=["END"],
        )
        sent = body_of(CODEC, asked)
        assert {key: sent[key] for key in sent.keys() - {"model", "messages"}} == {
            "temperature": 0.5,
            "p": 0.9,
            "k": 40,
            "max_tokens": 100,
            "seed": 7,
            "stop_sequences": ["END"],
        }
        assert asked.warnings == []

    def test_what_the_vendor_has_beyond_the_usual(self) -> None:
        extra = {"safety_mode": "STRICT", "citation_options": {"mode": "FAST"}}
        sent = body(extra_body=extra)
        assert {key: sent[key] for key in extra} == extra


class TestThinking:
    @pytest.mark.parametrize(
        ("level", "expected"),
        [
            ("none", {"type": "disabled"}),
            ("default", {"type": "enabled"}),
            ("minimal", {"type": "enabled", "token_budget": 1600}),
            ("low", {"type": "enabled", "token_budget": 3200}),
            ("max", {"type": "enabled", "token_budget": 12800}),
        ],
    )
    def test_levels(self, level: str, expected: dict[str, Any]) -> None:
        assert body(THINKER, thinking={"level": level})["thinking"] == expected

    def test_a_budget_is_within_the_limit(self) -> None:
        sent = body(THINKER, thinking={"level": "high"}, max_tokens=1000)
        assert sent["thinking"]["token_budget"] == 600
        sent = body(THINKER, thinking={"level": "minimal"}, max_tokens=1)
        assert sent["thinking"]["token_budget"] == 1

    def test_a_model_that_does_not_think(self) -> None:
        asked = request(MODEL, thinking={"level": "high"})
        assert "thinking" not in body_of(CODEC, asked)
        assert "thinking" in asked.warnings[0]
        asked = request(MODEL, thinking={"level": "none"})
        assert "thinking" not in body_of(CODEC, asked)
        assert asked.warnings == []

    def test_a_model_nobody_knows_thinks(self) -> None:
        assert "thinking" in body("cohere/command-z-01-2030", thinking={"level": "low"})


class TestMessages:
    def test_roles(self) -> None:
        messages = [
            llm.messages.system("Be brief."),
            llm.messages.system(""),
            llm.messages.user(["Hi.", "How are you?"]),
            answered([Thought(thought="hm"), Text(text="Fine.")]),
            answered([]),
            llm.messages.user("Good."),
        ]
        assert body(messages=messages)["messages"] == [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Hi."},
                    {"type": "text", "text": "How are you?"},
                ],
            },
            {"role": "assistant", "content": [{"type": "text", "text": "Fine."}]},
            {"role": "user", "content": "Good."},
        ]

    def test_thoughts_as_text(self) -> None:
        messages = [answered([Thought(thought="hm")], raw={"role": "assistant", "tool_plan": "x"})]
        thinking = {"level": "low", "encode_thoughts_as_text": True}
        (sent,) = body(THINKER, messages, thinking=thinking)["messages"]
        assert sent["content"] == [{"type": "text", "text": "**Thinking:** hm"}]

    def test_calls_and_their_outputs(self) -> None:
        calls = [ToolCall(id="a", name="f", args='{"x": 1}'), ToolCall(id="b", name="g", args=" ")]
        outputs: list[Any] = [
            "And?",
            ToolOutput(id="a", name="f", result="one"),
            ToolOutput(id="b", name="g", result=2),
        ]
        messages = [answered([*calls]), llm.messages.user(outputs)]
        assert body(messages=messages)["messages"] == [
            {
                "role": "assistant",
                "tool_calls": [
                    {
                        "id": "a",
                        "type": "function",
                        "function": {"name": "f", "arguments": '{"x": 1}'},
                    },
                    {"id": "b", "type": "function", "function": {"name": "g", "arguments": "{}"}},
                ],
            },
            {"role": "tool", "tool_call_id": "a", "content": "one"},
            {"role": "tool", "tool_call_id": "b", "content": "2"},
            {"role": "user", "content": "And?"},
        ]

    @pytest.mark.parametrize(
        ("result", "content"),
        [
            ({"title": "A"}, [{"type": "document", "document": {"data": {"title": "A"}}}]),
            (
                [{"n": 1}, {"n": 2}],
                [
                    {"type": "document", "document": {"data": {"n": 1}}},
                    {"type": "document", "document": {"data": {"n": 2}}},
                ],
            ),
            ([{"n": 1}, "two"], '[{"n": 1}, "two"]'),
            ([], "[]"),
            ({}, "{}"),
            ([{}], "[{}]"),
            (None, "null"),
            ("text", "text"),
        ],
    )
    def test_objects_that_a_tool_returns_are_documents(self, result: Any, content: Any) -> None:
        output: Any = ToolOutput(id="a", name="f", result=result)
        messages = [answered([ToolCall(id="a", name="f", args="{}")]), llm.messages.user(output)]
        assert body(messages=messages)["messages"][1]["content"] == content

    def test_an_error_of_a_tool_is_text(self) -> None:
        error = llm.ToolExecutionError("broken")
        output: Any = ToolOutput(id="a", name="f", result={"why": "broken"}, error=error)
        messages = [answered([ToolCall(id="a", name="f", args="{}")]), llm.messages.user(output)]
        assert body(messages=messages)["messages"][1]["content"] == '{"why": "broken"}'

    def test_the_vendors_own_message_goes_back_as_it_came(self) -> None:
        raw = {
            "role": "assistant",
            "tool_plan": "Look.",
            "content": [{"type": "thinking", "thinking": "t"}],
            "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
            ],
            "citations": [{"start": 0, "end": 1, "text": "L", "sources": []}],
        }
        message = answered([Text(text="other")], raw)
        assert body(messages=[message])["messages"] == [raw]
        other = body("cohere/command-r7b-12-2024", [message])["messages"]
        assert other == [{"role": "assistant", "content": [{"type": "text", "text": "other"}]}]

    def test_an_empty_message_of_the_vendor_is_left_out(self) -> None:
        messages = [answered([], {"role": "assistant"}), llm.messages.user("Hi.")]
        assert len(body(messages=messages)["messages"]) == 1


class TestMedia:
    def test_images(self) -> None:
        images: list[Any] = [
            Image.from_url("https://a.test/cat.png"),
            Image(
                source=Base64ImageSource(
                    type="base64_image_source", mime_type="image/png", data=PIXEL
                )
            ),
        ]
        (sent,) = body(SEER, [llm.messages.user(images)])["messages"]
        assert sent["content"] == [
            {"type": "image_url", "image_url": {"url": "https://a.test/cat.png"}},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
        ]

    @pytest.mark.parametrize("model_id", [MODEL, THINKER, "cohere/command-r-plus-08-2024"])
    def test_a_model_that_does_not_see(self, model_id: str) -> None:
        image: Any = Image.from_url("https://a.test/cat.png")
        with pytest.raises(llm.FeatureNotSupportedError, match="takes no images"):
            body(model_id, [llm.messages.user(image)])

    def test_documents_stand_beside_the_messages(self) -> None:
        first, second = written("One."), written("Two.")
        messages = [
            llm.messages.user([first, "What is it?"]),
            answered([Text(text="One.")]),
            llm.messages.user([second]),
            llm.messages.user(["And", second]),
        ]
        sent = body(messages=messages)
        assert sent["documents"] == [
            {"id": "doc_1", "data": {"text": "One."}},
            {"id": "doc_2", "data": {"text": "Two."}},
            {"id": "doc_3", "data": {"text": "Two."}},
        ]
        assert [m["role"] for m in sent["messages"]] == ["user", "assistant", "user"]
        assert sent["messages"][0]["content"] == "What is it?"

    @pytest.mark.parametrize("mode", ["strict", "json"])
    def test_documents_are_text_where_the_answer_has_a_format(self, mode: Any) -> None:
        question: Any = llm.messages.user([written("One."), "What is it?"])
        sent = body(messages=[question], format=llm.format(Book, mode=mode))
        assert "documents" not in sent
        assert sent["messages"][0]["content"][0] == {"type": "text", "text": "One."}

    def test_documents_of_ones_own(self) -> None:
        own = [{"id": "x", "data": {"title": "T", "snippet": "S"}}]
        assert body(extra_body={"documents": own})["documents"] == own

    def test_what_is_no_text_is_refused(self) -> None:
        document: Any = Document.from_url("https://a.test/a.pdf")
        with pytest.raises(llm.FeatureNotSupportedError, match="as text only"):
            body(messages=[llm.messages.user(document)])


class TestTools:
    def test_a_tool(self) -> None:
        sent = body(tools=[tool()])
        assert sent["tools"] == [
            {
                "type": "function",
                "function": {
                    "name": "f",
                    "description": "Do.",
                    "parameters": {
                        "type": "object",
                        "properties": {"x": {"type": "integer"}},
                        "required": ["x"],
                        "additionalProperties": False,
                    },
                },
            }
        ]
        assert sent.keys() == {"model", "messages", "tools"}

    @pytest.mark.parametrize(
        ("choice", "word", "offered"),
        [
            ("auto", None, ["f", "g"]),
            ("none", "NONE", ["f", "g"]),
            ("required", "REQUIRED", ["f", "g"]),
            ("g", "REQUIRED", ["g"]),
        ],
    )
    def test_choices(self, choice: str, word: str | None, offered: list[str]) -> None:
        sent = body(tools=[tool("f"), tool("g")], tool_choice=choice)
        assert sent.get("tool_choice") == word
        assert [t["function"]["name"] for t in sent["tools"]] == offered

    def test_a_choice_that_the_model_does_not_know(self) -> None:
        asked = request("cohere/command-r-08-2024", tools=[tool()], tool_choice="required")
        assert "tool_choice" not in body_of(CODEC, asked)
        assert asked.warnings == ["tool_choice=required"]

    def test_strict_is_a_matter_of_the_request(self) -> None:
        sent = body(tools=[tool("f", strict=True), tool("g")])
        assert sent["strict_tools"] is True
        assert "strict_tools" not in body(tools=[tool("f", strict=False), tool("g")])

    @pytest.mark.parametrize(
        "other", [tool("g", strict=False), tool("g", strict=True, required=False)]
    )
    def test_strict_tools_that_cannot_be(self, other: Tool[..., Any]) -> None:
        if other.strict:  # all that is optional becomes required, and then it can
            assert body(tools=[tool("f", strict=True), other])["strict_tools"] is True
            return
        with pytest.raises(llm.FeatureNotSupportedError, match="'g' cannot be"):
            body(tools=[tool("f", strict=True), other])

    def test_a_tool_without_arguments_cannot_be_strict(self) -> None:
        none = Tool(
            lambda: 1,
            name="n",
            description="",
            parameters=ToolParameterSchema(properties={}, required=[]),
            strict=True,
        )
        with pytest.raises(llm.FeatureNotSupportedError, match="'n' cannot be"):
            body(tools=[none])

    def test_the_vendor_runs_none_itself(self) -> None:
        with pytest.raises(llm.FeatureNotSupportedError, match="web_search"):
            body(tools=[WebSearchTool()])


class TestFormats:
    def test_strict(self) -> None:
        sent = body(format=llm.format(Book, mode="strict"))
        form = sent["response_format"]
        assert form["type"] == "json_object"
        assert form["json_schema"]["required"] == ["title", "year"]

    def test_json(self) -> None:
        sent = body(format=llm.format(Book, mode="json"))
        assert sent["response_format"] == {"type": "json_object"}

    def test_a_tool(self) -> None:
        sent = body(format=llm.format(Book, mode="tool"))
        assert sent["tool_choice"] == "REQUIRED"
        assert len(sent["tools"]) == 1
        assert "response_format" not in sent

    def test_beside_tools(self) -> None:
        with pytest.raises(llm.FeatureNotSupportedError, match="use the mode 'tool'"):
            body(tools=[tool()], format=llm.format(Book, mode="strict"))
        assert "response_format" not in body(tools=[tool()], format=llm.format(Book, mode="json"))
        assert CODEC.default_mode(request(MODEL, tools=[tool()])) == "tool"
        assert CODEC.default_mode(request(MODEL)) == "strict"

    def test_a_model_that_keeps_to_none(self) -> None:
        old = "cohere/command-light"
        assert CODEC.default_mode(request(old)) == "tool"
        with pytest.raises(llm.FeatureNotSupportedError, match="strict"):
            body(old, format=llm.format(Book, mode="strict"))
        assert "response_format" not in body(old, format=llm.format(Book, mode="json"))

    @pytest.mark.parametrize(
        ("schema", "expected"),
        [
            (
                {"type": "object", "properties": {"a": {"type": "integer", "minimum": 3}}},
                {"type": "integer", "description": "{minimum: 3}"},
            ),
            (
                {"type": "object", "properties": {"a": {"type": "string", "format": "uuid"}}},
                {"type": "string", "format": "uuid"},
            ),
            (
                {
                    "type": "object",
                    "properties": {"a": {"type": "string", "format": "ipv4", "description": "D"}},
                },
                {"type": "string", "description": 'D\n\n{format: "ipv4"}'},
            ),
        ],
    )
    def test_what_cannot_be_enforced_is_told(
        self, schema: dict[str, Any], expected: dict[str, Any]
    ) -> None:
        strict: Any = strict_schema(schema)
        assert strict["properties"]["a"] == expected

    @pytest.mark.parametrize(
        "schema",
        [
            {"type": "object", "properties": {}},
            {"type": "object", "additionalProperties": {"type": "string"}},
            {"type": "array", "items": {"type": "string"}},
            {"type": "object", "properties": {"a": {"type": "object", "properties": {}}}},
        ],
    )
    def test_schemas_that_cannot(self, schema: dict[str, Any]) -> None:
        assert strict_schema(schema) is None
        assert CODEC.enforces(request(MODEL), schema) is False

    def test_a_reference_at_the_top(self) -> None:
        node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/N"}}}
        strict: Any = strict_schema({"$ref": "#/$defs/N", "$defs": {"N": node}})
        assert strict["type"] == "object"
        assert strict["$defs"]["N"]["required"] == ["next"]


class TestTheRow:
    @pytest.fixture(autouse=True)
    def no_variables(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("CO_API_KEY", "COHERE_API_KEY", "CO_API_URL", "COHERE_BASE_URL"):
            monkeypatch.delenv(name, raising=False)

    def test_without_a_key(self) -> None:
        with pytest.raises(llm.MissingAPIKeyError, match="CO_API_KEY"):
            llm.Model(MODEL).call("Hi.")

    def test_a_call_and_a_stream(self, caplog: pytest.LogCaptureFixture) -> None:
        with llm.testing.simulate(script=["Hello!", "Hello again!"]) as simulator:
            assert llm.Model(MODEL).call("Hi.").text() == "Hello!"
            response = llm.Model(MODEL, top_p=0.5).stream("Hi.")
            response.finish()
        assert response.text() == "Hello again!"
        assert response.state == "complete"
        assert [asked.path for asked in simulator.requests] == ["/v2/chat", "/v2/chat"]
        assert simulator.requests[1].body["p"] == 0.5
        assert not [r for r in caplog.records if r.levelno >= logging.WARNING]
