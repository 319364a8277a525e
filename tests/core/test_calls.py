"""Calls: parameters, dynamic configuration, clients, metadata and answers of a model's shape."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from mirascope.core import (
    BaseMessageParam,
    BasePrompt,
    Messages,
    merge_decorators,
    metadata,
    prompt_template,
)

from .asking import aask, ask
from .loopback import Loopback, Script
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
