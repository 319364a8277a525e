"""Media that a tool returned, on every wire: in its output, or said by the user after it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.messages import Message
from mirascope.llm.providers.codec import Codec
from mirascope.llm.providers.openai.chat import OpenAIChatCodec
from mirascope.llm.providers.openai.quirks import MISTRAL
from tests.llm.providers.traffic import request
from tests.llm.wires.sides import SIDES

CODECS: Mapping[str, Codec] = {side.wire.name: side.codec for side in SIDES}

IMAGE = llm.Image.from_bytes(b"\x89PNG\r\n\x1a\n" + bytes(4))
DATA = "iVBORw0KGgoAAAAA"
PDF = llm.Document.from_bytes(b"%PDF-1.7")
PDF_DATA = "JVBERi0xLjc="
TEXT = llm.Document.from_bytes(b"Tides.", mime_type="text/plain")
TEXT_DATA = "VGlkZXMu"
GIF = llm.Image.from_bytes(b"GIF89a" + bytes(6))
SOUND = llm.Audio.from_bytes(b"RIFF\0\0\0\0WAVEfmt ")

FROM_CHART = "From the output of the tool chart:"
FROM_SCAN = "From the output of the tool scan:"
ELSEWHERE = "The output follows, in a message of the user."


def asked(*outputs: Any) -> list[Message]:
    """Two calls and what came of them."""
    calls = [llm.ToolCall(id=id, name=name, args="{}") for id, name in (("a", "chart"), ("b", "f"))]
    return [
        llm.messages.user("Draw."),
        llm.messages.assistant(calls[: len(outputs)], model_id=None, provider_id=None),
        llm.messages.user([*outputs, "And?"]),
    ]


def output(*media: Any, result: Any = "Here.") -> llm.ToolOutput[Any]:
    return llm.ToolOutput(id="a", name="chart", result=result, media=list(media))


PLAIN: llm.ToolOutput[Any] = llm.ToolOutput(id="b", name="f", result=2)


def sent(wire: str, model_id: str, messages: list[Message], **params: Any) -> Any:
    return json.loads(CODECS[wire].encode(request(model_id, messages, **params)).body)


def refused(wire: str, model_id: str, *outputs: Any) -> str:
    with pytest.raises(llm.FeatureNotSupportedError) as caught:
        CODECS[wire].encode(request(model_id, asked(*outputs)))
    return str(caught.value)


CHAT = ("chat", "openai/gpt-5-mini")
RESPONSES = ("responses", "openai/gpt-5-mini")
CLAUDE = ("messages", "anthropic/claude-sonnet-4-6")
GEMINI_3 = ("generate_content", "google/gemini-3-pro-preview")
GEMINI_2 = ("generate_content", "google/gemini-2.5-flash")
BEDROCK = ("converse", "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0")
COHERE = ("cohere", "cohere/command-a-vision-07-2025")


class TestMessages:
    def test_in_the_output(self) -> None:
        body = sent(*CLAUDE, asked(output(IMAGE, PDF, TEXT), PLAIN))
        assert body["messages"][-1]["content"][:2] == [
            {
                "type": "tool_result",
                "tool_use_id": "a",
                "content": [
                    {"type": "text", "text": "Here."},
                    {
                        "type": "image",
                        "source": {"type": "base64", "media_type": "image/png", "data": DATA},
                    },
                    {
                        "type": "document",
                        "source": {
                            "type": "base64",
                            "media_type": "application/pdf",
                            "data": PDF_DATA,
                        },
                    },
                    {
                        "type": "document",
                        "source": {"type": "text", "media_type": "text/plain", "data": "Tides."},
                    },
                ],
            },
            {"type": "tool_result", "tool_use_id": "b", "content": "2"},
        ]

    def test_an_image_alone(self) -> None:
        image = llm.Image.from_file_id("file_1", provider="anthropic")
        body = sent(*CLAUDE, asked(output(image, result="")))
        assert body["messages"][-1]["content"][0]["content"] == [
            {"type": "image", "source": {"type": "file", "file_id": "file_1"}}
        ]

    def test_no_audio(self) -> None:
        assert "audio" in refused(*CLAUDE, output(SOUND))


class TestResponses:
    def test_in_the_output(self) -> None:
        body = sent(*RESPONSES, asked(output(IMAGE, PDF), PLAIN))
        assert body["input"][-3:-1] == [
            {
                "type": "function_call_output",
                "call_id": "a",
                "output": [
                    {"type": "input_text", "text": "Here."},
                    {
                        "type": "input_image",
                        "image_url": f"data:image/png;base64,{DATA}",
                        "detail": "auto",
                    },
                    {
                        "type": "input_file",
                        "file_data": f"data:application/pdf;base64,{PDF_DATA}",
                        "filename": "document.pdf",
                    },
                ],
            },
            {"type": "function_call_output", "call_id": "b", "output": "2"},
        ]

    def test_an_image_alone(self) -> None:
        image = llm.Image.from_file_id("file_1", provider="openai")
        body = sent(*RESPONSES, asked(output(image, result="")))
        assert body["input"][-2]["output"] == [
            {"type": "input_image", "file_id": "file_1", "detail": "auto"}
        ]

    def test_no_audio(self) -> None:
        assert "no audio" in refused(*RESPONSES, output(SOUND))


class TestGenerateContent:
    def test_in_the_output(self) -> None:
        body = sent(*GEMINI_3, asked(output(IMAGE, PDF, TEXT), PLAIN))
        assert body["contents"][-1]["parts"] == [
            {
                "functionResponse": {
                    "id": "a",
                    "name": "chart",
                    "response": {"output": "Here."},
                    "parts": [
                        {"inlineData": {"mimeType": "image/png", "data": DATA}},
                        {"inlineData": {"mimeType": "application/pdf", "data": PDF_DATA}},
                        {"inlineData": {"mimeType": "text/plain", "data": TEXT_DATA}},
                    ],
                }
            },
            {"functionResponse": {"id": "b", "name": "f", "response": {"output": 2}}},
            {"text": "And?"},
        ]

    def test_what_an_output_cannot_hold_stands_after_all_of_them(self) -> None:
        body = sent(*GEMINI_3, asked(output(GIF, IMAGE, SOUND, result=""), PLAIN))
        first, second, *rest = body["contents"][-1]["parts"]
        assert first["functionResponse"]["response"] == {"output": ""}
        assert first["functionResponse"]["parts"] == [
            {"inlineData": {"mimeType": "image/png", "data": DATA}}
        ]
        assert second["functionResponse"]["name"] == "f"
        assert [*map(list, rest)] == [["text"], ["inlineData"], ["inlineData"], ["text"]]
        assert rest[0] == {"text": FROM_CHART}
        assert rest[1]["inlineData"]["mimeType"] == "image/gif"

    def test_older_models(self) -> None:
        body = sent(*GEMINI_2, asked(output(IMAGE, result=""), PLAIN))
        assert body["contents"][-1]["parts"] == [
            {"functionResponse": {"id": "a", "name": "chart", "response": {"output": ELSEWHERE}}},
            {"functionResponse": {"id": "b", "name": "f", "response": {"output": 2}}},
            {"text": FROM_CHART},
            {"inlineData": {"mimeType": "image/png", "data": DATA}},
            {"text": "And?"},
        ]

    def test_both_sides_agree(self) -> None:
        side = next(side for side in SIDES if side.wire.name == "generate_content")
        read = side.read(request(GEMINI_3[1], asked(output(IMAGE, PDF, TEXT), PLAIN)))
        assert list(read.messages[-1].content) == [
            output(IMAGE, PDF, TEXT),
            PLAIN,
            llm.Text(text="And?"),
        ]


class TestConverse:
    def test_in_the_output(self) -> None:
        body = sent(*BEDROCK, asked(output(IMAGE, PDF, TEXT), PLAIN))
        assert body["messages"][-1]["content"][:2] == [
            {
                "toolResult": {
                    "toolUseId": "a",
                    "content": [
                        {"text": "Here."},
                        {"image": {"format": "png", "source": {"bytes": DATA}}},
                        {
                            "document": {
                                "format": "pdf",
                                "name": "document-1",
                                "source": {"bytes": PDF_DATA},
                            }
                        },
                        {
                            "document": {
                                "format": "txt",
                                "name": "document-2",
                                "source": {"bytes": TEXT_DATA},
                            }
                        },
                    ],
                }
            },
            {"toolResult": {"toolUseId": "b", "content": [{"text": "2"}]}},
        ]

    def test_an_image_alone(self) -> None:
        body = sent(*BEDROCK, asked(output(IMAGE, result=" ")))
        assert body["messages"][-1]["content"][0]["toolResult"]["content"] == [
            {"image": {"format": "png", "source": {"bytes": DATA}}}
        ]

    def test_no_audio(self) -> None:
        assert "no audio" in refused(*BEDROCK, output(SOUND))

    def test_only_of_vendors_that_take_them(self) -> None:
        told = refused("converse", "bedrock/us.meta.llama4-scout-17b-instruct-v1:0", output(IMAGE))
        assert "Claude and Nova" in told


class TestChat:
    def test_in_a_message_of_the_user(self) -> None:
        scan: llm.ToolOutput[Any] = llm.ToolOutput(id="b", name="scan", result="", media=[PDF])
        body = sent(*CHAT, asked(output(IMAGE), scan))
        assert body["messages"][-3:] == [
            {"role": "tool", "content": "Here.", "tool_call_id": "a"},
            {"role": "tool", "content": ELSEWHERE, "tool_call_id": "b"},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": FROM_CHART},
                    {
                        "type": "image_url",
                        "image_url": {"url": f"data:image/png;base64,{DATA}", "detail": "auto"},
                    },
                    {"type": "text", "text": FROM_SCAN},
                    {
                        "type": "file",
                        "file": {
                            "file_data": f"data:application/pdf;base64,{PDF_DATA}",
                            "filename": "document.pdf",
                        },
                    },
                    {"type": "text", "text": "And?"},
                ],
            },
        ]

    def test_after_the_outputs_of_all_messages(self) -> None:
        messages = asked(output(IMAGE), PLAIN)
        messages[-1:] = [llm.messages.user(part) for part in messages[-1].content]  # type: ignore[arg-type]  # a user's
        kinds = [message["role"] for message in sent(*CHAT, messages)["messages"]]
        assert kinds == ["user", "assistant", "tool", "tool", "user", "user"]

    def test_each_turn_has_its_own(self) -> None:
        messages = [*asked(output(IMAGE)), *asked(output(PDF))]
        content = [m["content"] for m in sent(*CHAT, messages)["messages"] if m["role"] == "user"]
        assert [[part["type"] for part in parts] for parts in content if parts != "Draw."] == [
            ["text", "image_url", "text"],
            ["text", "file", "text"],
        ]

    def test_mistral(self) -> None:
        codec = OpenAIChatCodec(MISTRAL)
        asking = request("mistral/pixtral-large-latest", asked(output(IMAGE)))
        body = json.loads(codec.encode(asking).body)
        assert [message["role"] for message in body["messages"]][-2:] == ["tool", "user"]


class TestCohere:
    def test_in_a_message_of_the_user(self) -> None:
        body = sent(*COHERE, asked(output(IMAGE), PLAIN))
        assert body["messages"][-3:] == [
            {"role": "tool", "tool_call_id": "a", "content": "Here."},
            {"role": "tool", "tool_call_id": "b", "content": "2"},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": FROM_CHART},
                    {
                        "type": "image_url",
                        "image_url": {"url": f"data:image/png;base64,{DATA}"},
                    },
                    {"type": "text", "text": "And?"},
                ],
            },
        ]


BLIND = {
    "chat": "openai/gpt-3.5-turbo",
    "responses": "openai/gpt-3.5-turbo",
    "generate_content": "google/gemini-2.5-flash-preview-tts",
    "cohere": "cohere/command-a-03-2025",
    "converse": "bedrock/us.deepseek.r1-v1:0",
}


@pytest.mark.parametrize(("wire", "model_id"), BLIND.items(), ids=BLIND)
def test_a_model_that_takes_no_images_is_sent_none(wire: str, model_id: str) -> None:
    assert "image" in refused(wire, model_id, output(IMAGE))


def test_a_caller_who_knows_better() -> None:
    body = sent(*("chat", BLIND["chat"]), asked(output(IMAGE)), capabilities={"images": True})
    assert body["messages"][-1]["content"][1]["type"] == "image_url"


@pytest.mark.parametrize("side", SIDES, ids=repr)
def test_without_media_nothing_changes(side: Any) -> None:
    messages = asked(output(), PLAIN)
    body = side.codec.encode(request(side.model_id, messages)).body
    assert b"follows" not in body
    assert b"parts" not in body or side.wire.name == "generate_content"
