"""How Mistral differs on the Chat Completions wire, a test for each quirk."""

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
    Document,
    Image,
    Text,
    Thought,
    ToolCall,
    ToolOutput,
)
from mirascope.llm.messages import Message
from mirascope.llm.providers.catalog import ROWS
from mirascope.llm.providers.openai.chat import OpenAIChatCodec
from mirascope.llm.providers.openai.quirks import MISTRAL
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.tools import Tool, ToolParameterSchema
from mirascope.llm.wires import WIRES, Asked, Incoming
from tests.llm.providers.traffic import (
    FIXTURES,
    SHOWN,
    body_of,
    decode_events,
    events_of,
    log_of,
    request,
    require_recordings,
)

CODEC = OpenAIChatCodec(MISTRAL)
MODEL = "mistral/mistral-small-latest"
THINKER = "mistral/magistral-medium-latest"


def body(model_id: str = MODEL, messages: Any = "Hi.", **more: Any) -> dict[str, Any]:
    return body_of(CODEC, request(model_id, messages, **more))


def read(sent: dict[str, Any]) -> Asked:
    return WIRES[0].read(Incoming(path="/v1/chat/completions", query="", body=sent))


def answered(content: list[Any], provider: str = "mistral", raw: Any = None) -> Message:
    return llm.messages.assistant(
        content,
        model_id=THINKER,
        provider_id=provider,
        provider_model_name="magistral-medium-latest",
        raw_message=raw,
    )


def tool(name: str = "f") -> Tool[..., Any]:
    schema = ToolParameterSchema(properties={"x": {"type": "integer"}}, required=["x"])
    return Tool(lambda **v: v, name=name, description="Do.", parameters=schema)


class Book(BaseModel):
    title: str


def test_the_row_speaks_so() -> None:
    asked = request(MODEL, seed=7)
    codec = ROWS["mistral"].route(MODEL, asked.messages)
    assert body_of(codec, asked)["random_seed"] == 7


class TestParameters:
    def test_the_seed(self) -> None:
        assert body(seed=7)["random_seed"] == 7
        assert "seed" not in body(seed=7)
        assert read(body(seed=7)).params == {"seed": 7}

    def test_nothing_that_is_unknown_there(self) -> None:
        """Unknown fields are refused; these are those of the vendor's reference."""
        sent = body(
            stream=True,
            temperature=0.5,
            top_p=0.5,
            max_tokens=9,
            seed=1,
            stop_sequences=["x"],
            tools=[tool()],
            tool_choice="required",
            thinking={"level": "high"},
        )
        known = {"model", "messages", "stream", "temperature", "top_p", "max_tokens"}
        known |= {"random_seed", "stop", "tools", "tool_choice", "reasoning_effort"}
        assert sent.keys() == known

    @pytest.mark.parametrize(
        ("level", "effort"),
        [("none", "none"), ("default", "high"), ("low", "high"), ("max", "high")],
    )
    def test_models_that_think_or_do_not(self, level: str, effort: str) -> None:
        assert body(thinking={"level": level})["reasoning_effort"] == effort

    @pytest.mark.parametrize("level", ["default", "low", "high"])
    def test_models_that_were_made_to_think(self, level: str) -> None:
        sent = body(THINKER, thinking={"level": level})
        assert sent["prompt_mode"] == "reasoning"
        assert "reasoning_effort" not in sent
        asked = read(sent).thinking
        assert asked is not None
        assert asked.level == "default"

    def test_and_are_told_not_to(self) -> None:
        sent = body(THINKER, thinking={"level": "none"})
        assert sent["prompt_mode"] is None
        asked = read(sent).thinking
        assert asked is not None
        assert asked.level == "none"
        assert "prompt_mode" not in body(THINKER)

    @pytest.mark.parametrize(
        "name",
        ["ministral-8b-latest", "codestral-latest", "mistral-large-latest", "mistral-medium-2508"],
    )
    def test_models_that_cannot_think(self, name: str) -> None:
        asked = request(f"mistral/{name}", thinking={"level": "high"})
        assert not body_of(CODEC, asked).keys() & {"reasoning_effort", "prompt_mode"}
        assert asked.warnings

    @pytest.mark.parametrize(
        ("choice", "word"),
        [
            ("required", "any"),
            ("auto", "auto"),
            ("none", "none"),
            ("g", {"type": "function", "function": {"name": "g"}}),
        ],
    )
    def test_tool_choice(self, choice: str, word: Any) -> None:
        sent = body(tools=[tool(), tool("g")], tool_choice=choice)
        assert sent["tool_choice"] == word
        assert read(sent).tool_choice == choice

    def test_formats_are_strict(self) -> None:
        assert CODEC.default_mode(request(MODEL)) == "strict"
        assert CODEC.default_mode(request("mistral/open-mistral-7b")) == "tool"
        sent = body(format=llm.format(Book, mode="strict"))["response_format"]
        assert sent["type"] == "json_schema"
        assert sent["json_schema"]["strict"] is True

    def test_a_prefix(self) -> None:
        messages = [llm.messages.user("Hi."), answered([Text(text="He")])]
        assert body(messages=messages)["messages"][-1] == {
            "role": "assistant",
            "content": "He",
            "prefix": True,
        }


class TestMedia:
    def test_documents_and_images(self) -> None:
        pdf = Base64DocumentSource(
            type="base64_document_source", media_type="application/pdf", data="JVBERg=="
        )
        parts: list[Any] = [
            "What is it?",
            Document.from_url("https://a.test/a.pdf"),
            Document(source=pdf),
            Document.from_bytes(b"Text.", mime_type="text/plain"),
            Image.from_url("https://a.test/a.png"),
        ]
        sent = body(messages=[llm.messages.user(parts)])
        assert sent["messages"][0]["content"] == [
            {"type": "text", "text": "What is it?"},
            {"type": "document_url", "document_url": "https://a.test/a.pdf"},
            {"type": "document_url", "document_url": "data:application/pdf;base64,JVBERg=="},
            {"type": "text", "text": "Text."},
            {"type": "image_url", "image_url": {"url": "https://a.test/a.png", "detail": "auto"}},
        ]
        (message,) = read(sent).messages
        assert message.content == [
            Text(text="What is it?"),
            *parts[1:3],
            Text(text="Text."),
            parts[4],
        ]

    @pytest.mark.parametrize("kind", ["audio/mp3", "audio/ogg"])
    def test_audio_is_its_data(self, kind: Any) -> None:
        source = Base64AudioSource(type="base64_audio_source", mime_type=kind, data="AAAA")
        sent = body(messages=[llm.messages.user([Audio(source=source)])])
        assert sent["messages"][0]["content"] == [{"type": "input_audio", "input_audio": "AAAA"}]
        (message,) = read(sent).messages
        assert [part.type for part in message.content] == ["audio"]  # type: ignore[union-attr]


class TestCallIds:
    def conversation(self, *ids: str) -> list[Message]:
        calls = [ToolCall(id=id, name="f", args="{}") for id in ids]
        outputs: list[Any] = [ToolOutput(id=id, name="f", result=id) for id in ids]
        return [
            llm.messages.user("Hi."),
            answered(list(calls), "anthropic"),
            llm.messages.user(outputs),
        ]

    @pytest.mark.parametrize(
        "id",
        ["toolu_01AbCd", "call_0", "", "é" * 9, "call-1234", "functions.f:0", "\ud83d", "a" * 500],
    )
    def test_those_of_others_are_replaced(self, id: str) -> None:
        sent = body(messages=self.conversation(id))["messages"]
        new = sent[1]["tool_calls"][0]["id"]
        assert len(new) == 9
        assert new.isascii()
        assert new.isalnum()
        assert sent[2]["tool_call_id"] == new

    def test_the_same_is_replaced_by_the_same(self) -> None:
        first = body(messages=self.conversation("call_0"))
        again = body(messages=self.conversation("call_0", "call_1"))
        ids = [call["id"] for call in again["messages"][1]["tool_calls"]]
        assert first["messages"][1]["tool_calls"][0]["id"] == ids[0] == "W4ZsuDfgn"
        assert len({*ids}) == 2
        assert [m["tool_call_id"] for m in again["messages"][2:]] == ids

    def test_its_own_stay(self) -> None:
        sent = body(messages=self.conversation("D681PevKs"))["messages"]
        assert sent[1]["tool_calls"][0]["id"] == sent[2]["tool_call_id"] == "D681PevKs"

    def test_in_its_own_message_too_which_is_not_changed(self) -> None:
        call = {"id": "call_0", "type": "function", "function": {"name": "f", "arguments": "{}"}}
        raw = {"role": "assistant", "tool_calls": [call]}
        messages = self.conversation("call_0")
        messages[1] = answered([], raw=raw)
        sent = body(THINKER, messages)["messages"]
        assert sent[1]["tool_calls"][0]["id"] == sent[2]["tool_call_id"] != "call_0"
        assert call["id"] == "call_0"

    def test_no_id_may_be_called_null(self) -> None:
        calls = [
            {"id": "null", "function": {"name": name, "arguments": '{"x": 1}'}} for name in "fg"
        ]
        delta = {"role": "assistant", "content": "", "tool_calls": calls}
        chunk = {"choices": [{"index": 0, "delta": delta, "finish_reason": "tool_calls"}]}
        decoder = CODEC.decoder(request(MODEL))
        log = log_of(decode_events(decoder, [("", json.dumps(chunk).encode())]))
        assert [(call.id, call.name) for call in log.tool_calls] == [
            ("call_0", "f"),
            ("call_1", "g"),
        ]


class TestThoughts:
    def test_they_are_lists_in_the_content(self) -> None:
        data = (FIXTURES / "openai-chat-mistral.sse").read_bytes()
        log = log_of(
            decode_events(CODEC.decoder(request(THINKER, **SHOWN)), events_of(CODEC, [data]))
        )
        kinds = [part.type for part in log.content]
        assert kinds[:2] == ["thought", "text"]
        raw: Any = log.raw_message
        assert [chunk["type"] for chunk in raw["content"]][:2] == ["thinking", "text"]
        assert raw["content"][0]["thinking"] == [{"type": "text", "text": log.thoughts[0].thought}]

    def test_they_go_back_as_they_came(self) -> None:
        thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
        content = [thinking, {"type": "text", "text": "Yes."}]
        whole = {"role": "assistant", "content": content, "tool_calls": None}
        answer = {"choices": [{"index": 0, "message": whole, "finish_reason": "stop"}]}
        log = log_of(CODEC.decode(json.dumps(answer).encode(), request(THINKER, **SHOWN)))
        assert log.content == [Thought(thought="hm"), Text(text="Yes.")]
        message = answered(log.content, raw=log.raw_message)
        sent = body(THINKER, [message, llm.messages.user("And?")])
        assert sent["messages"][0] == {"role": "assistant", "content": content}
        found = read(sent).messages[0]
        assert found.content == [Thought(thought="hm"), Text(text="Yes.")]
        # Another model gets what was said.
        other = body(MODEL, [message, llm.messages.user("And?")])["messages"][0]
        assert other == {"role": "assistant", "content": "Yes."}

    def test_references_are_kept(self) -> None:
        content = [
            {"type": "text", "text": "It is"},
            {"type": "reference", "reference_ids": [0]},
            {"type": "reference", "reference_ids": [1]},
            {"type": "text", "text": " so."},
        ]
        chunks = [
            {"choices": [{"index": 0, "delta": {"content": [piece]}, "finish_reason": None}]}
            for piece in content
        ]
        chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        events = [("", json.dumps(chunk).encode()) for chunk in chunks]
        log = log_of(decode_events(CODEC.decoder(request(MODEL)), events))
        assert "".join(text.text for text in log.texts) == "It is so."
        raw: Any = log.raw_message
        assert raw["content"] == content


class TestEnds:
    @pytest.mark.parametrize(
        ("word", "reason"),
        [
            ("stop", None),
            ("tool_calls", None),
            ("length", FinishReason.MAX_TOKENS),
            ("model_length", FinishReason.CONTEXT_LENGTH_EXCEEDED),
        ],
    )
    def test_finish_reasons_and_usage_in_the_last_chunk(
        self, word: str, reason: FinishReason | None
    ) -> None:
        usage = {"prompt_tokens": 5, "completion_tokens": 7, "prompt_audio_seconds": 3}
        choice = {"index": 0, "delta": {"content": "x"}, "finish_reason": word}
        events = [("", json.dumps({"choices": [choice], "usage": usage}).encode())]
        decoder = CODEC.decoder(request(MODEL))
        log = log_of(decode_events(decoder, events))
        assert decoder.done
        assert log.finish_reason is reason
        assert log.usage is not None
        assert (log.usage.input_tokens, log.usage.output_tokens, log.usage.raw) == (5, 7, usage)

    def test_an_error_is_no_end(self) -> None:
        choice = {"index": 0, "delta": {"content": ""}, "finish_reason": "error"}
        with pytest.raises(llm.ServerError, match="broke off"):
            decode_events(
                CODEC.decoder(request(MODEL)), [("", json.dumps({"choices": [choice]}).encode())]
            )

    @pytest.mark.parametrize(
        ("status", "sent", "message"),
        [
            (
                422,
                {
                    "object": "error",
                    "message": {
                        "detail": [
                            {
                                "type": "extra_forbidden",
                                "loc": ["body", "seed"],
                                "msg": "Extra inputs are not permitted",
                                "input": "a secret",
                            }
                        ]
                    },
                    "type": "invalid_request_error",
                },
                "seed: Extra inputs are not permitted",
            ),
            (
                422,
                {
                    "detail": [
                        {
                            "loc": ["body", "messages", 0, "role"],
                            "msg": "Field required",
                            "type": "missing",
                        }
                    ]
                },
                "messages.0.role: Field required",
            ),
            (401, {"detail": "Invalid API Key"}, "Invalid API Key"),
            (
                400,
                {
                    "object": "error",
                    "message": "Not the same number of function calls",
                    "code": 3230,
                },
                "Not the same number of function calls",
            ),
        ],
    )
    def test_errors(self, status: int, sent: Any, message: str) -> None:
        info = CODEC.error(status, {}, json.dumps(sent).encode())
        assert (info.status, info.message) == (status, message)

    def test_an_unknown_model_is_not_found(self) -> None:
        sent = {"object": "error", "message": "Invalid model: m", "type": "invalid_model"}
        assert CODEC.error(400, {}, json.dumps(sent).encode()).status == 404


def test_every_recording() -> None:
    """Each stream is whole, and what it says goes back in a form that the vendor takes."""
    streams = errors = 0
    for recording in require_recordings("openai-chat"):
        if recording.provider != "mistral":
            continue
        if recording.format == "error.json":
            info = CODEC.error(recording.status, {}, recording.body)
            said = json.loads(recording.body)
            assert info.message == (said.get("message") or said["detail"]), recording.name
            errors += 1
            continue
        events = events_of(CODEC, [recording.body])
        if recording.format == "jsonl":
            lines = recording.body.split(b"\n")
            events = [("", line) for line in lines if line.strip()]
        decoder = CODEC.decoder(request(THINKER, **SHOWN))
        log = log_of(decode_events(decoder, events))
        assert decoder.done, recording.name
        assert log.usage is not None, recording.name
        assert log.content or log.finish_reason, recording.name
        outputs: list[Any] = [
            ToolOutput(id=call.id, name=call.name, result="done") for call in log.tool_calls
        ]
        message = answered(list(log.content), raw=log.raw_message)
        then = llm.messages.user([*outputs, "And?"])
        sent = body(THINKER, [llm.messages.user("Hi."), message, then])
        again = next(m for m in read(sent).messages if m.role == "assistant")
        kept = [part.type for part in again.content]
        assert sorted(kept) == sorted(part.type for part in log.content), recording.name
        streams += 1
    assert (streams, errors) >= (95, 1)
