"""What every vendor promises alike: prompts, views of a response, dumps, messages of tools."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest
from pydantic import BaseModel

from mirascope.core import (
    BaseMessageParam,
    CacheControlPart,
    DocumentPart,
    ImagePart,
    ImageURLPart,
    Messages,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    metadata,
    prompt_template,
)
from mirascope.core.base import toolkit_tool
from mirascope.core.base.toolkit import BaseToolKit

from .asking import TWO_TOOLS, ask, get_author
from .loopback import Loopback, Script, ToolScript
from .vendors import V1Vendor, each

CALLS = Script(texts=(), tools=TWO_TOOLS, finish="tool_calls")
GOOGLE = ("google", "gemini", "vertex")
PICTURES = (
    "openai",
    "anthropic",
    "mistral",
    "gemini",
    "groq",
    "litellm",
    "azure",
    "vertex",
    "bedrock",
    "google",
    "xai",
)


class Clerk:
    """A prompt that is a method."""

    shop = "tea"

    @prompt_template("About {self.shop} and {topic}")
    def template(self, topic: str) -> None: ...

    def text(self, topic: str) -> str:
        return f"About {self.shop} and {topic}"

    def message(self, topic: str) -> Messages.Type:
        return Messages.User(f"About {self.shop} and {topic}")

    def messages(self, topic: str) -> list[BaseMessageParam]:
        return [BaseMessageParam(role="user", content=f"About {self.shop} and {topic}")]


@each()
def test_four_styles_make_one_request(vendor: V1Vendor, loopback: Loopback) -> None:
    clerk = Clerk()
    call = vendor.module().call(vendor.model)
    for name in ("template", "text", "message", "messages"):
        response = call(getattr(Clerk, name))(clerk, topic="cups")
        assert response.fn_args["topic"] == "cups"
        expected = "About {self.shop} and {topic}" if name == "template" else None
        assert response.prompt_template == expected
    bodies = [seen.body for seen in loopback.seen]
    assert bodies == [bodies[0]] * 4
    assert json.dumps(bodies[0]).count("About tea and cups") == 1


@each()
def test_arguments_by_name(vendor: V1Vendor, loopback: Loopback) -> None:
    @vendor.module().call(model=vendor.model)
    def question(first: str, second: str = "b", **more: str) -> str:
        """Ask."""
        return f"{first} {second} {more}"

    assert question._model == vendor.model
    assert inspect.signature(question).parameters["second"].default == "b"
    response = question("a", third="c")
    assert response.fn_args == {"first": "a", "second": "b", "third": "c"}


@each()
async def test_asynchronous_prompts(vendor: V1Vendor, loopback: Loopback) -> None:
    """The prompt function may await; its metadata is found under its template."""
    if vendor.name in ("gemini", "vertex"):
        from .grpc_loopback import model

        async with model(vendor.name, Script()) as client:
            await check_asynchronous_prompt(vendor, client)
    else:
        await check_asynchronous_prompt(vendor, None)


async def check_asynchronous_prompt(vendor: V1Vendor, client: Any) -> None:
    @vendor.module().call(vendor.model, client=client)
    @prompt_template("Say {word}")
    @metadata({"tags": {"a"}})
    async def say(word: str) -> dict[str, Any]:
        return {"computed_fields": {"word": word.upper()}}

    assert inspect.iscoroutinefunction(say)
    response = await say("hi")
    assert response.metadata == {"tags": {"a"}}
    assert response.common_user_message_param.content == "Say HI"


@each()
def test_dumps(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = CALLS
    response = ask(vendor, tools=[get_author], call_params={"temperature": 0.5})
    dumped = json.loads(response.model_dump_json())
    assert dumped["tool_types"] == [{"type": "function", "name": "get_author"}]
    assert dumped["call_params"] == {"temperature": 0.5}
    assert dumped["content"] == ""
    assert dumped["input_tokens"] == vendor.tokens[0]
    assert "get_author" in json.dumps(dumped["message_param"])
    assert "get_author" in json.dumps(dumped["response"])
    names = {
        *("metadata", "response", "tool_types", "prompt_template", "fn_args", "dynamic_config"),
        *("messages", "call_params", "call_kwargs", "user_message_param"),
        *("start_time", "end_time", "content", "finish_reasons", "model", "id"),
        *("input_tokens", "cached_tokens", "output_tokens", "cost_metadata", "cost"),
        "message_param",
    }
    if vendor.name in ("openai", "xai", "litellm"):
        names |= {"audio", "audio_transcript"}
    assert set(response.model_dump()) == set(dumped) == names


class Author(BaseModel):
    """An author."""

    name: str


@each()
def test_dumps_behind_a_response_model(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=(), tools=(ToolScript("1", "Author", ('{"name": "A"}',)),))

    @vendor.module().call(vendor.model, response_model=Author)
    def question(given: Author) -> str:
        return f"Who is {given.name}?"

    response = question(Author(name="B"))._response
    dumped = json.loads(response.model_dump_json())
    assert dumped["fn_args"] == {"given": {"name": "B"}}
    assert dumped["tool_types"][0]["name"] == "Author"
    assert response.model_dump()["fn_args"] == {"given": {"name": "B"}}


@each()
def test_common_views_of_a_conversation(vendor: V1Vendor, loopback: Loopback) -> None:
    """Calls and results read back alike, whoever worded them."""
    loopback.script = CALLS
    first = ask(vendor, tools=[get_author])
    outputs = [(tool, tool.call()) for tool in first.tools]
    messages = [*first.messages, first.message_param, *first.tool_message_params(outputs)]

    @vendor.module().call(vendor.model, tools=[get_author])
    def again() -> dict[str, Any]:
        return {"messages": messages}

    loopback.script = Script()
    question, answer, *results = again().common_messages
    assert (question.role, question.content) == ("user", "Hello")
    assert answer.role == "assistant"
    assert [(part.name, part.args) for part in answer.content] == [
        ("get_author", {"title": "A"}),
        ("get_author", {"title": "B", "limit": 2}),
    ]
    parts = [part for message in results for part in message.content]
    assert [part.type for part in parts] == ["tool_result"] * 2
    assert [part.content for part in parts] == ["A:3", "B:2"]
    # Only these vendors' calls have ids, only these vendors' results have names.
    if vendor.name not in (*GOOGLE, "cohere"):
        assert [part.id for part in parts] == ["call_1", "call_2"]
    if vendor.name not in ("anthropic", "bedrock"):
        assert [part.name for part in parts] == ["get_author"] * 2


@each(*PICTURES)
def test_common_views_of_media(vendor: V1Vendor, loopback: Loopback) -> None:
    image = ImagePart(type="image", media_type="image/png", image=b"x", detail=None)
    url = ImageURLPart(type="image_url", url="https://example.com/a.png", detail=None)
    text = TextPart(type="text", text="see")
    parts = [text, image, *([] if vendor.name == "bedrock" else [url])]
    if vendor.name == "anthropic":
        parts += [
            DocumentPart(type="document", media_type="application/pdf", document=b"%PDF"),
            CacheControlPart(type="cache_control", cache_type="ephemeral"),
        ]

    @vendor.module().call(vendor.model)
    def question() -> BaseMessageParam:
        return Messages.User(parts)

    (message,) = question().common_messages
    assert [
        part.model_copy(update={"detail": None}) if hasattr(part, "detail") else part
        for part in message.content
    ] == parts


@each("anthropic", "gemini", "vertex", "google", "bedrock", "cohere")
def test_tool_parts(vendor: V1Vendor, loopback: Loopback) -> None:
    call = ToolCallPart(type="tool_call", name="f", args={"a": 1}, id="call_1")
    result = ToolResultPart(type="tool_result", name="f", content="out", id="call_1")

    @vendor.module().call(vendor.model)
    def question() -> list[BaseMessageParam]:
        return [
            Messages.User("ask"),
            BaseMessageParam(role="assistant", content=[call]),
            BaseMessageParam(role="tool", content=[result]),
        ]

    question()
    body = loopback.last.body
    if vendor.name == "anthropic":
        _, asked, told = body["messages"]
        assert asked["content"] == [
            {"type": "tool_use", "id": "call_1", "name": "f", "input": {"a": 1}}
        ]
        assert told["role"] == "user"
        assert told["content"][0]["tool_use_id"] == "call_1"
    elif vendor.name == "bedrock":
        _, asked, told = body["messages"]
        assert asked["content"] == [
            {"toolUse": {"toolUseId": "call_1", "name": "f", "input": {"a": 1}}}
        ]
        assert told == {
            "role": "user",
            "content": [{"toolResult": {"toolUseId": "call_1", "content": [{"text": "out"}]}}],
        }
    elif vendor.name == "cohere":
        assert body["tool_results"][0]["outputs"] == [{"output": "out"}]
        assert body["chat_history"][1]["tool_calls"] == [{"name": "f", "parameters": {"a": 1}}]
        assert body["message"] == ""
    else:
        _, asked, told = (content["parts"][0] for content in body["contents"])
        found = asked.get("functionCall") or asked["function_call"]
        assert (found["name"], found["args"]) == ("f", {"a": 1})
        found = told.get("functionResponse") or told["function_response"]
        assert (found["name"], found["response"]) == ("f", {"result": "out"})


@each("bedrock")
def test_bedrock_s_roles_alternate(vendor: V1Vendor, loopback: Loopback) -> None:
    """The service takes no two messages of one role in a row."""
    loopback.script = CALLS
    first = ask(vendor, tools=[get_author])
    outputs = [(tool, tool.call()) for tool in first.tools]
    told = first.tool_message_params(outputs)
    assert len(told) == 2
    kept = json.dumps(told)

    @vendor.module().call(vendor.model, tools=[get_author])
    def again() -> dict[str, Any]:
        return {"messages": [*first.messages, first.message_param, *told]}

    loopback.script = Script()
    again()
    messages = loopback.last.body["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    ids = [part["toolResult"]["toolUseId"] for part in messages[2]["content"]]
    assert ids == ["call_1", "call_2"]
    assert json.dumps(told) == kept


@each("cohere")
def test_cohere_takes_one_text(vendor: V1Vendor, loopback: Loopback) -> None:
    text = TextPart(type="text", text="a")
    result = ToolResultPart(type="tool_result", name="f", content="out")
    for parts in ([text, text], [result, text]):

        @vendor.module().call(vendor.model)
        def question() -> BaseMessageParam:
            return BaseMessageParam(role="user", content=parts)  # noqa: B023  # called at once

        with pytest.raises(ValueError, match="cohere takes"):
            question()
    assert loopback.seen == []


@each()
def test_a_second_system_message_is_not_lost(vendor: V1Vendor, loopback: Loopback) -> None:
    @vendor.module().call(vendor.model)
    def question() -> list[BaseMessageParam]:
        return [Messages.System("first"), Messages.User("ask"), Messages.System("second")]

    question()
    sent = json.dumps(loopback.last.body)
    assert all(sent.count(word) == 1 for word in ("first", "ask", "second"))


class Shop(BaseToolKit):
    """Tools whose description comes from a field."""

    stock: str
    owner: str

    @toolkit_tool
    def sell(self, what: str) -> str:
        """Sell {self.stock} of {self.owner}."""
        return f"{what} of {self.owner}"


@each()
def test_toolkits(vendor: V1Vendor, loopback: Loopback) -> None:
    """What is filled in is data: its own braces mean nothing."""
    loopback.script = Script(
        texts=(), tools=(ToolScript("1", "sell", ('{"what": "tea"}',)),), finish="tool_calls"
    )
    response = ask(vendor, tools=Shop(stock="{self.owner}", owner="Ann").create_tools())
    assert response.tool.call() == "tea of Ann"
    assert "Sell {self.owner} of Ann." in json.dumps(loopback.last.body)
