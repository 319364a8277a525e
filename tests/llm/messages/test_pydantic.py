"""pydantic and FastAPI take and give messages as they are, in the form that is saved."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel, TypeAdapter, ValidationError

from mirascope import llm
from mirascope.llm.content import Text, json_form
from mirascope.llm.exceptions import ToolError, ToolExecutionError
from mirascope.llm.messages import Message, from_json, to_json, user
from tests.llm.messages.samples import golden, samples
from tests.llm.messages.test_saving import ADAPTER, inner, listed

# pydantic writes and reads UTF-8, which has no form for half of a surrogate pair.
every_sample = pytest.mark.parametrize("name", sorted(samples().keys() - {"user-lone-surrogate"}))
PLAIN = {"tool-output-object", "tool-output-model"}
"""The samples that hold more than JSON, and so less once they were written."""


class Chat(BaseModel):
    title: str
    messages: list[llm.Message]
    last: llm.UserMessage | None = None
    note: llm.Text | None = None
    output: llm.ToolOutput | None = None
    parts: Sequence[llm.UserContentPart] = ()


@every_sample
def test_it_writes_what_we_write(name: str) -> None:
    """To the letter."""
    sample = samples()[name]
    kind = json.loads(golden(name).read_bytes())["mirascope"]
    adapter: TypeAdapter[Any] = TypeAdapter(llm.Message) if kind == "message" else ADAPTER
    written = b'{"mirascope":"%b","version":1,"%b":%b}\n' % (
        kind.encode(),
        kind.encode(),
        adapter.dump_json(sample),
    )
    assert written == golden(name).read_bytes()
    assert inner(written.decode()) == ADAPTER.dump_python(listed(sample))


@every_sample
def test_it_reads_what_we_write(name: str) -> None:
    forms = inner(golden(name).read_text("utf-8"))
    messages = ADAPTER.validate_python(forms)
    assert messages == ADAPTER.validate_json(json.dumps(forms))
    assert messages == from_json(golden(name).read_bytes())
    if name not in PLAIN:
        assert messages == listed(samples()[name])


@every_sample
def test_we_read_what_it_writes(name: str) -> None:
    written = json.loads(ADAPTER.dump_json(listed(samples()[name])))
    assert json_form.load(Sequence[Message], written) == from_json(golden(name).read_bytes())


def test_objects_pass_as_they_are() -> None:
    for sample in samples().values():
        for message in listed(sample):
            assert ADAPTER.validate_python([message])[0] is message
            assert TypeAdapter(llm.Message).validate_python(message) is message


def test_each_class_alone() -> None:
    part, arrived = Text.start()
    arrived += ["a", "b"]
    error = ToolExecutionError(KeyError("x"))
    output = llm.ToolOutput(id="1", name="n", result=[1], error=error)
    for cls, value in [
        (llm.Text, part),
        (llm.Image, llm.Image.from_url("u")),
        (llm.ToolOutput, output),
        (llm.ToolOutput[list[int]], output),
        (llm.UserMessage, user(["x", output])),
        (llm.UserContentPart, output),
        (llm.AssistantContentPart, llm.Thought(thought="x")),
    ]:
        adapter: TypeAdapter[Any] = TypeAdapter(cls)
        assert adapter.validate_json(adapter.dump_json(value)) == value
        assert adapter.validate_python(value) is value
        assert adapter.json_schema()


def test_a_growing_text_is_written_as_far_as_it_has_come() -> None:
    part, arrived = Text.start()
    arrived.append("so far")
    chat = Chat(title="t", messages=[user(part)], note=part)
    assert chat.note is part
    assert chat.model_dump()["messages"][0]["content"] == [{"type": "text", "text": "so far"}]
    assert json.loads(chat.model_dump_json())["note"]["text"] == "so far"


def test_as_fields_of_a_model() -> None:
    output = llm.ToolOutput(id="1", name="n", result={"a": 1}, error=ToolError("no"))
    chat = Chat(
        title="t",
        messages=listed(samples()["conversation"]),
        last=user("x"),
        note=Text(text="y"),
        output=output,
        parts=[Text(text="z"), output],
    )
    assert Chat.model_validate_json(chat.model_dump_json()) == chat
    assert Chat.model_validate(chat.model_dump()) == chat
    assert from_json(to_json(chat.messages)) == chat.messages
    assert chat.model_copy(deep=True) == chat


@pytest.mark.parametrize(
    ("form", "loc", "kind"),
    [
        ({"role": "robot"}, (0,), "union_tag_invalid"),
        ({"content": []}, (0,), "union_tag_not_found"),
        ({"role": "user", "content": "x"}, (0, "user", "content"), "sequence_str"),
        (
            {"role": "user", "content": [{"type": "text", "text": 5}]},
            (0, "user", "content", 0, "text", "text"),
            "string_type",
        ),
        (
            {"role": "user", "content": [{"type": "thought", "thought": ""}]},
            (0, "user", "content", 0),
            "union_tag_invalid",
        ),
        (
            {
                "role": "user",
                "content": [{"type": "image", "source": {"type": "url_image_source"}}],
            },
            (0, "user", "content", 0, "image", "source", "url_image_source", "url"),
            "missing",
        ),
        (
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_output",
                        "id": "1",
                        "name": "n",
                        "result": 1,
                        "error": {"type": "ToolError"},
                    }
                ],
            },
            (0, "user", "content", 0, "tool_output", "error", "message"),
            "missing",
        ),
        (
            {"role": "system", "content": {"text": 1}},
            (0, "system", "content", "text"),
            "string_type",
        ),
    ],
)
def test_an_error_says_where_and_only_once(
    form: dict[str, Any], loc: tuple[Any, ...], kind: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        ADAPTER.validate_python([form])
    assert [(error["loc"], error["type"]) for error in caught.value.errors()] == [(loc, kind)]


def test_the_schema_tells_messages_and_parts_apart() -> None:
    for mode in ("validation", "serialization"):
        schema = ADAPTER.json_schema(mode=mode)  # type: ignore[arg-type]  # a literal of the two
        assert schema["items"]["discriminator"]["propertyName"] == "role"
        assert schema["items"]["discriminator"]["mapping"].keys() == {"system", "user", "assistant"}
        content = schema["$defs"]["UserMessage"]["properties"]["content"]["items"]
        assert content["discriminator"]["mapping"].keys() == {
            "text",
            "image",
            "audio",
            "document",
            "video",
            "tool_output",
        }


def test_the_schema_fits_what_is_written() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    for mode in ("validation", "serialization"):
        validator = jsonschema.Draft202012Validator(ADAPTER.json_schema(mode=mode))  # type: ignore[arg-type]  # as above
        for name in samples():
            validator.validate(inner(golden(name).read_text("utf-8")))
        assert not validator.is_valid([{"role": "user", "content": [{"type": "text"}]}])


JSON = {"content-type": "application/json"}


class Question(BaseModel):
    messages: list[llm.Message]


def make_app() -> FastAPI:
    app = FastAPI()

    @app.post("/last")
    def last(messages: list[llm.Message]) -> llm.Message:
        return messages[-1]

    @app.post("/echo")
    def echo(question: Question) -> list[llm.Message]:
        return question.messages

    return app


def test_fastapi_takes_and_gives_messages() -> None:
    messages = listed(samples()["conversation"])
    with TestClient(make_app()) as client:
        answer = client.post("/last", content=ADAPTER.dump_json(messages), headers=JSON)
        assert answer.status_code == 200, answer.text
        assert TypeAdapter(llm.Message).validate_json(answer.content) == messages[-1]

        answer = client.post("/echo", json={"messages": inner(to_json(messages))})
        assert ADAPTER.validate_json(answer.content) == messages

        answer = client.post("/last", json=[{"role": "user", "content": [{"type": "text"}]}])
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == [
            "body",
            0,
            "user",
            "content",
            0,
            "text",
            "text",
        ]

        schema = client.get("/openapi.json").json()
        body = schema["paths"]["/last"]["post"]["requestBody"]["content"]["application/json"]
        assert body["schema"]["items"]["discriminator"]["propertyName"] == "role"
