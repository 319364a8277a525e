"""Calls: parameters, dynamic configuration, clients, metadata and answers of a model's shape."""

from __future__ import annotations

import asyncio
import enum
import threading
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ValidationError

from mirascope.core import (
    BaseMessageParam,
    BasePrompt,
    FromCallArgs,
    Messages,
    ResponseModelConfigDict,
    TextPart,
    merge_decorators,
    metadata,
    prompt_template,
)

from .asking import TWO_TOOLS, aask, ask, get_author
from .loopback import Loopback, Script, ToolScript
from .vendors import V1Vendor, each

TEXT = "The Name of the Wind"
SYNC_ONLY_REST = ("gemini", "vertex")
ASYNC = (
    "openai",
    "anthropic",
    "mistral",
    "groq",
    "cohere",
    "litellm",
    "azure",
    "bedrock",
    "google",
    "xai",
)


@each()
def test_a_whole_response(vendor: V1Vendor, loopback: Loopback) -> None:
    response = ask(vendor)
    assert (response.content, str(response)) == (TEXT, TEXT)
    assert response.model == vendor.model
    assert response.id == vendor.id
    assert response.finish_reasons == [vendor.reason]
    assert response.common_finish_reasons == ["stop"]
    tokens = (response.input_tokens, response.cached_tokens, response.output_tokens)
    assert tokens == vendor.tokens
    assert response.common_usage.total_tokens == 15
    assert response.provider == vendor.name
    assert response.start_time <= response.end_time
    assert response.user_message_param is response.messages[-1]
    assert response.model_dump()["content"] == TEXT
    assert TEXT in response.model_dump_json()


@each(*ASYNC)
async def test_a_whole_response_asynchronously(vendor: V1Vendor, loopback: Loopback) -> None:
    response = await aask(vendor)
    assert response.content == TEXT
    assert response.common_usage.output_tokens == 5


@each(*SYNC_ONLY_REST)
async def test_a_whole_response_over_grpc(vendor: V1Vendor, loopback: Loopback) -> None:
    from .grpc_loopback import model

    async with model(vendor.name, Script()) as client:
        assert (await aask(vendor, client=client)).content == TEXT


@each()
def test_the_decorated_function_keeps_its_face(vendor: V1Vendor, loopback: Loopback) -> None:
    import inspect

    @vendor.module().call(vendor.model)
    def recommend(genre: str, count: int = 3) -> str:
        """Recommend."""
        return f"{count} {genre}"

    assert recommend.__name__ == "recommend"
    assert recommend.__doc__ == "Recommend."
    assert list(inspect.signature(recommend).parameters) == ["genre", "count"]
    assert recommend.__mirascope_call__ is True
    assert recommend("tea").fn_args == {"genre": "tea", "count": 3}


@each("openai")
def test_output_parser_and_streams_exclude_each_other(vendor: V1Vendor) -> None:
    with pytest.raises(ValueError, match="output_parser"):
        vendor.module().call("m", stream=True, output_parser=str)


@each("openai")
async def test_output_parser(vendor: V1Vendor, loopback: Loopback) -> None:
    assert ask(vendor, output_parser=lambda response: response.content.upper()) == TEXT.upper()
    assert await aask(vendor, output_parser=lambda response: len(response.content)) == 20


COMMON = {
    "temperature": 0.5,
    "max_tokens": 9,
    "top_p": 0.4,
    "frequency_penalty": 0.1,
    "presence_penalty": 0.2,
    "seed": 7,
    "stop": "END",
}
# What each wire says for the common parameters.
WIRE: dict[str, dict[str, Any]] = {
    "openai": COMMON,
    "groq": COMMON,
    "xai": COMMON,
    "litellm": COMMON,
    "azure": {**COMMON, "stop": ["END"]},
    "anthropic": {
        "temperature": 0.5,
        "max_tokens": 9,
        "top_p": 0.4,
        "stop_sequences": ["END"],
    },
    "mistral": {
        "temperature": 0.5,
        "max_tokens": 9,
        "top_p": 0.4,
        "random_seed": 7,
        "stop": "END",
    },
    "cohere": {
        "temperature": 0.5,
        "max_tokens": 9,
        "p": 0.4,
        "frequency_penalty": 0.1,
        "presence_penalty": 0.2,
        "seed": 7,
        "stop_sequences": ["END"],
    },
    "google": {
        "temperature": 0.5,
        "maxOutputTokens": 9,
        "topP": 0.4,
        "stopSequences": ["END"],
    },
    "bedrock": {
        "temperature": 0.5,
        "maxTokens": 9,
        "topP": 0.4,
        "stopSequences": ["END"],
    },
}
WIRE["gemini"] = WIRE["vertex"] = WIRE["google"]


def sent_params(body: dict[str, Any]) -> dict[str, Any]:
    body = body.get("generationConfig") or body.get("inferenceConfig") or body
    left_out = {"model", "messages", "stream", "message", "contents", "generationConfig"}
    return {
        key: round(value, 6) if isinstance(value, float) else value
        for key, value in body.items()
        if key not in left_out
    }


@each()
def test_common_params(vendor: V1Vendor, loopback: Loopback) -> None:
    response = ask(vendor, call_params=COMMON)
    assert sent_params(loopback.last.body) == WIRE[vendor.name]
    assert response.call_params == COMMON


@each("anthropic")
def test_anthropic_default_with_native_params(vendor: V1Vendor, loopback: Loopback) -> None:
    ask(vendor, call_params={"temperature": 0.5, "top_k": 3})
    assert sent_params(loopback.last.body) == {"max_tokens": 1024, "temperature": 0.5, "top_k": 3}
    assert ask(vendor).call_params == {"max_tokens": 1024}


@each("openai")
def test_stream_options_are_kept(vendor: V1Vendor, loopback: Loopback) -> None:
    params = {"stream_options": {"include_obfuscation": False}}
    list(ask(vendor, stream=True, call_params=params))
    assert loopback.last.body["stream_options"] == {
        "include_obfuscation": False,
        "include_usage": True,
    }
    assert params == {"stream_options": {"include_obfuscation": False}}


@each("openai", "anthropic")
def test_dynamic_config(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=(), tools=TWO_TOOLS, finish="tool_calls")

    @vendor.module().call(vendor.model, call_params={"temperature": 0.1, "max_tokens": 5})
    @prompt_template("Books by {author}, as {style}")
    def question(author: str) -> dict[str, Any]:
        return {
            "computed_fields": {"style": "a list"},
            "call_params": {"temperature": 0.9},
            "tools": [get_author],
            "metadata": {"tags": {"t"}},
        }

    response = question("Le Guin")
    assert response.metadata == {"tags": {"t"}}
    assert response.prompt_template == "Books by {author}, as {style}"
    assert response.dynamic_config["tools"] == [get_author]
    assert len(response.tools) == 2
    body = loopback.last.body
    assert body["messages"] == [{"role": "user", "content": "Books by Le Guin, as a list"}]
    assert (body["temperature"], body["max_tokens"]) == (0.9, 5)


@each("openai", "anthropic", "groq")
def test_a_dynamic_client_serves_one_call(vendor: V1Vendor, loopback: Loopback) -> None:
    name = {"openai": "OpenAI", "anthropic": "Anthropic", "groq": "Groq"}[vendor.name]
    client = getattr(__import__(vendor.sdk), name)(api_key="tenant-a")

    @vendor.module().call(vendor.model)
    def question(own: bool) -> dict[str, Any]:
        messages = [Messages.User("Hi")]
        return {"messages": messages, "client": client} if own else {"messages": messages}

    question(True)
    question(False)
    keys = [s.headers.get("authorization") or s.headers["x-api-key"] for s in loopback.seen]
    assert "tenant-a" in keys[0]
    assert "tenant-a" not in keys[1]


@each("openai", "anthropic", "groq", "cohere", "azure")
async def test_a_client_of_the_other_colour(vendor: V1Vendor, loopback: Loopback) -> None:
    vendor_object = vendor.module().call.vendor
    for is_async in (False, True):
        client = vendor_object.make_client(is_async)
        with pytest.raises(TypeError, match="synchronous"):
            vendor_object.client(client, not is_async)
        assert vendor_object.client(client, is_async) is client
        if is_async:
            await (
                getattr(client, "close", None)
                or client._client_wrapper.httpx_client.httpx_client.aclose
            )()


@each("openai", "anthropic", "groq", "cohere", "azure", "mistral", "bedrock", "google", "xai")
def test_one_client_per_environment(
    vendor: V1Vendor, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = vendor.module().call.vendor.clients
    first = clients.get(False)
    assert clients.get(False) is first
    monkeypatch.setenv(clients._variables[0] + "SOMETHING_ELSE", "1")
    assert clients.get(False) is not first
    monkeypatch.delenv(clients._variables[0] + "SOMETHING_ELSE")
    assert clients.get(False) is first

    async def get() -> Any:
        client = clients.get(True)
        assert clients.get(True) is client
        return client

    assert asyncio.run(get()) is not asyncio.run(get())


@each("openai")
def test_connections_are_used_again(vendor: V1Vendor, loopback: Loopback) -> None:
    for _ in range(3):
        ask(vendor)
    assert len({seen.connection for seen in loopback.seen}) == 1


@each("openai")
def test_threads_share_a_client(vendor: V1Vendor, loopback: Loopback) -> None:
    clients = vendor.module().call.vendor.clients
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(clients.get(False))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1


@each()
def test_system_messages(vendor: V1Vendor, loopback: Loopback) -> None:
    import json

    @vendor.module().call(vendor.model)
    @prompt_template("SYSTEM: Be brief.\nUSER: Hello {name}\nASSISTANT: Yes?\nUSER: More")
    def question(name: str): ...

    for _ in range(2):
        response = question("you")
    body = json.dumps(loopback.last.body)
    assert body.count("Be brief.") == 1
    assert body.count("Hello you") == 1
    assert body.count("Yes?") == 1
    assert "More" in body
    assert len(response.messages) in (3, 4)


@each("gemini", "vertex")
def test_a_shared_model_object_is_not_changed(vendor: V1Vendor, loopback: Loopback) -> None:
    if vendor.name == "gemini":
        from google.generativeai import GenerativeModel
    else:
        from vertexai.generative_models import GenerativeModel
    client = GenerativeModel(vendor.model)
    before = client._system_instruction

    @vendor.module().call(vendor.model, client=client)
    def question() -> list[BaseMessageParam]:
        return [Messages.System("Be brief."), Messages.User("Hello")]

    question()
    assert "systemInstruction" in loopback.last.body
    assert client._system_instruction is before


@each("openai")
def test_methods_and_metadata(vendor: V1Vendor, loopback: Loopback) -> None:
    class Clerk:
        shop = "books"

        @vendor.module().call(vendor.model)
        @prompt_template("Where are the {self.shop} about {topic}?")
        @metadata({"tags": {"clerk"}})
        def ask(self, topic: str): ...

    response = Clerk().ask("tea")
    assert loopback.last.body["messages"][0]["content"] == "Where are the books about tea?"
    assert response.metadata == {"tags": {"clerk"}}
    assert response.fn_args["topic"] == "tea"


@each("openai")
def test_merged_decorators(vendor: V1Vendor, loopback: Loopback) -> None:
    calls = merge_decorators(
        vendor.module().call(vendor.model), prompt_template("Say {word}"), metadata({"tags": {"m"}})
    )

    @calls()
    def say(word: str): ...

    response = say("hi")
    assert loopback.last.body["messages"][0]["content"] == "Say hi"
    assert response.metadata == {"tags": {"m"}}


@prompt_template("SYSTEM: You know {field}.\nUSER: {question:text}")
@metadata({"tags": {"class"}})
class Expert(BasePrompt):
    field: str
    question: str


@each("openai")
async def test_base_prompt(vendor: V1Vendor, loopback: Loopback) -> None:
    prompt = Expert(field="tea", question="Why?")
    call = vendor.module().call
    assert [m.role for m in prompt.message_params()] == ["system", "user"]
    assert prompt.dump()["inputs"] == {"field": "tea", "question": "Why?"}
    assert prompt.dump()["metadata"] == {"tags": {"class"}}
    response = prompt.run(call(vendor.model))
    assert response.content == TEXT
    assert response.metadata == {"tags": {"class"}}
    assert loopback.last.body["messages"][0]["content"] == "You know tea."
    assert (await prompt.run_async(call(vendor.model))).content == TEXT


@each("openai")
def test_docstring_templates(
    vendor: V1Vendor, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    @vendor.module().call(vendor.model)
    def say(word: str) -> None:
        """Say {word}."""

    with pytest.raises(ValueError, match=r"No prompt template set!.*ENABLED"):
        say("hi")
    monkeypatch.setenv("MIRASCOPE_DOCSTRING_PROMPT_TEMPLATE", "ENABLED")
    say("hi")
    assert loopback.last.body["messages"][0]["content"] == "Say hi."


class Book(BaseModel):
    """A book."""

    title: str
    pages: int | None = None


class Mood(enum.Enum):
    GOOD = "good"
    BAD = "bad"


SHAPES: list[tuple[Any, str, Any]] = [
    (Book, '{"title": "A", "pages": 3}', Book(title="A", pages=3)),
    (list[Book], '{"value": [{"title": "A"}]}', [Book(title="A")]),
    (int, '{"value": 5}', 5),
    (str, '{"value": "x"}', "x"),
    (bool, '{"value": true}', True),
    (list[str], '{"value": ["a", "b"]}', ["a", "b"]),
    (Mood, '{"value": "bad"}', Mood.BAD),
    (Literal["a", "b"], '{"value": "b"}', "b"),
]


@pytest.mark.parametrize(("shape", "answer", "expected"), SHAPES, ids=lambda v: str(v)[:20])
@each()
def test_response_models(
    vendor: V1Vendor, loopback: Loopback, shape: Any, answer: str, expected: Any
) -> None:
    name = vendor.module().call.vendor.tool_type
    tool = (
        name.type_from_base_model_type(shape) if shape is Book else name.type_from_base_type(shape)
    )
    loopback.script = Script(texts=(), tools=(ToolScript("1", tool._name(), (answer,)),))
    result = ask(vendor, response_model=shape)
    assert result == expected
    assert type(result) is type(expected)
    loopback.script = Script(texts=("Here you are: ", answer, " Bye."))
    assert ask(vendor, response_model=shape, json_mode=True) == expected


@each()
def test_the_response_behind_a_model(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=(), tools=(ToolScript("1", "Book", ('{"title": "A"}',)),))
    book = ask(vendor, response_model=Book)
    assert book._response.provider == vendor.name
    assert book._response.output_tokens == 5
    loopback.script = Script(texts=('{"pages": 3}',))
    with pytest.raises(ValidationError) as caught:
        ask(vendor, response_model=Book, json_mode=True)
    assert caught.value._response.content == '{"pages": 3}'


@each()
def test_structured_streams(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=('Well: {"ti', 'tle": "A', 'B", "pages": 3', "}"))
    stream = ask(vendor, response_model=Book, json_mode=True, stream=True)
    partials = list(stream)
    assert [(p.title, p.pages) for p in partials] == [
        (None, None),
        ("A", None),
        ("AB", 3),
        ("AB", 3),
        ("AB", 3),
    ]
    assert partials[-1] == stream.constructed_response_model == Book(title="AB", pages=3)
    assert type(partials[0]).__name__ == "PartialBook"


STREAMS_TOOLS = (*ASYNC[:8], "xai")


@each(*STREAMS_TOOLS)
async def test_structured_streams_of_tools(vendor: V1Vendor, loopback: Loopback) -> None:
    tool = ToolScript("1", "Book", ('{"title": "A', 'B", "pages": 3', "}"))
    loopback.script = Script(texts=(), tools=(tool,), finish="tool_calls")
    partials = list(ask(vendor, response_model=Book, stream=True))
    assert partials[-1] == Book(title="AB", pages=3)
    if vendor.name != "cohere":
        assert [p.title for p in partials] == ["A", "AB", "AB", "AB"]
    stream = await aask(vendor, response_model=Book, stream=True)
    assert [p async for p in stream][-1] == Book(title="AB", pages=3)


@each("gemini", "vertex", "google")
def test_google_streams_structures_as_json_only(vendor: V1Vendor, loopback: Loopback) -> None:
    with pytest.raises(ValueError, match="only supports structured streaming in json mode"):
        ask(vendor, response_model=Book, stream=True)


@each("openai")
def test_response_model_with_tools(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=(), tools=TWO_TOOLS, finish="tool_calls")
    response = ask(vendor, response_model=Book, tools=[get_author])
    assert len(response.tools) == 2
    loopback.script = Script(texts=('{"title": "A"}',))
    assert ask(vendor, response_model=Book, tools=[get_author]) == Book(title="A")


@each("openai", "anthropic")
def test_fields_from_call_args(vendor: V1Vendor, loopback: Loopback) -> None:
    import json

    class Tagged(BaseModel):
        title: str
        genre: Annotated[str, FromCallArgs()]

    module = vendor.module()

    @module.call(vendor.model, response_model=Tagged)
    def recommend(genre: str) -> str:
        return "A book, please"

    loopback.script = Script(texts=(), tools=(ToolScript("1", "Tagged", ('{"title": "A"}',)),))
    assert recommend("tea") == Tagged(title="A", genre="tea")
    assert "genre" not in json.dumps(loopback.last.body)

    @module.call(vendor.model, response_model=Tagged)
    def nothing() -> str:
        return "A book, please"

    with pytest.raises(ValueError, match="genre"):
        nothing()


@each("openai", "azure", "groq")
def test_strict_response_models(vendor: V1Vendor, loopback: Loopback) -> None:
    class Strict(BaseModel):
        model_config = ResponseModelConfigDict(strict=True)
        title: str

    loopback.script = Script(texts=('{"title": "A"}',))
    if vendor.name == "groq":
        with pytest.warns(UserWarning, match="strict"):
            vendor.module().call(vendor.model, response_model=Strict, json_mode=True)(
                lambda: "Hello"
            )()
        return
    assert ask(vendor, response_model=Strict, json_mode=True).title == "A"
    schema = loopback.last.body["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert schema["schema"]["additionalProperties"] is False


@each()
def test_json_mode_leaves_the_user_s_messages(vendor: V1Vendor, loopback: Loopback) -> None:
    message = Messages.User(["Hello", TextPart(type="text", text="there")])
    if vendor.name == "cohere":
        message = Messages.User("Hello there")
    kept = message.model_copy(deep=True)

    @vendor.module().call(vendor.model, json_mode=True)
    def question() -> list[BaseMessageParam]:
        return [message]

    loopback.script = Script(texts=('{"a": 1}',))
    assert question().content == '{"a": 1}'
    assert message == kept


@each("openai")
def test_prompt_errors_come_from_the_call(
    vendor: V1Vendor, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    from openai import OpenAIError

    @vendor.module().call(vendor.model, stream=True)
    @prompt_template("Say {missing}")
    def say(): ...

    with pytest.raises(KeyError, match="missing"):
        say()
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(OpenAIError):
        ask(vendor, stream=True)
