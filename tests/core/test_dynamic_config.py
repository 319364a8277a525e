"""The dict a prompt function may return: each of its keys, for one call only."""

from __future__ import annotations

import copy
import json
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

from mirascope.core import BaseMessageParam, Messages, metadata, prompt_template

from .asking import TWO_TOOLS, get_author, ping
from .loopback import Loopback, Script, serve
from .vendors import V1Vendor, each

NATIVE: dict[str, Any] = {
    "openai": {"role": "user", "content": "native"},
    "anthropic": {"role": "user", "content": "native"},
    "cohere": {"role": "USER", "message": "native"},
    "google": {"role": "user", "parts": [{"text": "native"}]},
    "bedrock": {"role": "user", "content": [{"text": "native"}]},
}


ADDRESSED = (
    "openai",
    "anthropic",
    "groq",
    "cohere",
    "azure",
    "mistral",
    "google",
    "litellm",
    "xai",
)


def native_message(vendor: V1Vendor) -> Any:
    """A message in the vendor's own form."""
    family = {"gemini": "google", "vertex": "google"}.get(vendor.name, vendor.name)
    return copy.deepcopy(NATIVE.get(family, NATIVE["openai"]))


@pytest.fixture
def elsewhere() -> Iterator[Loopback]:
    """A second server, for clients of another address."""
    state, server = serve()
    yield state
    server.shutdown()
    server.server_close()


def client_of(vendor: V1Vendor, url: str, is_async: bool = False) -> Any:
    """Build the SDK's client for another address, with another key."""
    prefix = "Async" if is_async else ""
    if vendor.name in ("openai", "xai", "litellm"):
        import openai

        return getattr(openai, f"{prefix}OpenAI")(api_key="tenant", base_url=f"{url}/v1")
    if vendor.name == "anthropic":
        import anthropic

        return getattr(anthropic, f"{prefix}Anthropic")(api_key="tenant", base_url=url)
    if vendor.name == "groq":
        import groq

        return getattr(groq, f"{prefix}Groq")(api_key="tenant", base_url=url)
    if vendor.name == "cohere":
        import cohere

        return getattr(cohere, f"{prefix}Client")(api_key="tenant", base_url=url)
    if vendor.name == "mistral":
        from mirascope.core.mistral.vendor import Mistral

        return Mistral(api_key="tenant", server_url=url)
    if vendor.name == "azure":
        from azure.ai.inference import ChatCompletionsClient
        from azure.ai.inference.aio import ChatCompletionsClient as AsyncClient
        from azure.core.credentials import AzureKeyCredential

        return (AsyncClient if is_async else ChatCompletionsClient)(
            url, AzureKeyCredential("tenant")
        )
    if vendor.name == "bedrock":
        import boto3

        return boto3.Session().client("bedrock-runtime", endpoint_url=url)
    from google import genai

    return genai.Client(api_key="tenant", http_options={"base_url": url})


@contextmanager
def closing(*clients: Any) -> Iterator[None]:
    """Close clients afterwards, in whichever way their SDKs have."""
    yield
    for client in clients:
        if hasattr(client, "close"):
            client.close()
        elif hasattr(client, "__exit__"):
            client.__exit__(None, None, None)


@asynccontextmanager
async def aclosing(client: Any) -> AsyncIterator[None]:
    """Close an asynchronous client afterwards."""
    yield
    client = getattr(client, "aio", client)
    if hasattr(client, "__aexit__"):  # google-genai's could not be closed at first
        await client.__aexit__(None, None, None)


def other_model(vendor: V1Vendor) -> Any:
    """The old Google SDKs have one address for all; their clients differ by the model."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if vendor.name == "gemini":
            from google.generativeai import GenerativeModel
        else:
            from vertexai.generative_models import GenerativeModel
        return GenerativeModel("another-model")


@each()
def test_a_client_serves_one_call(
    vendor: V1Vendor, loopback: Loopback, elsewhere: Loopback
) -> None:
    old = vendor.name in ("gemini", "vertex")
    client = other_model(vendor) if old else client_of(vendor, elsewhere.url)

    @vendor.module().call(vendor.model)
    def question(own: bool) -> dict[str, Any]:
        return {"messages": ["Hi"], **({"client": client} if own else {})}

    with closing(client):
        for own in (True, False, True):
            question(own)
    if old:
        assert ["another-model" in seen.path for seen in loopback.seen] == [True, False, True]
        return
    assert (len(elsewhere.seen), len(loopback.seen)) == (2, 1)
    if vendor.name != "bedrock":
        assert "tenant" in json.dumps(elsewhere.last.headers)
        assert "tenant" not in json.dumps(loopback.last.headers)


@each(*ADDRESSED)
async def test_a_client_serves_one_call_asynchronously(
    vendor: V1Vendor, loopback: Loopback, elsewhere: Loopback
) -> None:
    client = client_of(vendor, elsewhere.url, is_async=True)

    @vendor.module().call(vendor.model, stream=True)
    async def question(own: bool) -> dict[str, Any]:
        return {"messages": ["Hi"], **({"client": client} if own else {})}

    async with aclosing(client):
        for own in (True, False):
            async for _ in await question(own):
                pass
    assert (len(elsewhere.seen), len(loopback.seen)) == (1, 1)


@each(*ADDRESSED, "bedrock")
def test_a_client_of_the_decorator(
    vendor: V1Vendor, loopback: Loopback, elsewhere: Loopback
) -> None:
    """The dynamic client goes before the decorator's, which serves all other calls."""
    own = client_of(vendor, elsewhere.url)
    back = client_of(vendor, loopback.url)

    @vendor.module().call(vendor.model, client=own)
    def question(dynamic: bool) -> dict[str, Any]:
        return {"messages": ["Hi"], **({"client": back} if dynamic else {})}

    with closing(own, back):
        for dynamic in (False, True, False):
            question(dynamic)
    assert (len(elsewhere.seen), len(loopback.seen)) == (2, 1)


@each()
def test_computed_fields(vendor: V1Vendor, loopback: Loopback) -> None:
    @vendor.module().call(vendor.model)
    @prompt_template("{word}: {items:list}; {groups:lists}.")
    def question(word: str) -> dict[str, Any]:
        return {
            "computed_fields": {
                "word": word.upper(),
                "items": ["a", "b"],
                "groups": [["c", "d"], ("e",)],
            }
        }

    response = question("tea")
    assert json.dumps("TEA: a\nb; c\nd\n\ne.")[1:-1] in json.dumps(loopback.last.body)
    assert response.fn_args == {"word": "tea"}
    assert response.prompt_template == "{word}: {items:list}; {groups:lists}."
    assert response.dynamic_config["computed_fields"]["word"] == "TEA"


@each()
def test_tools_and_metadata_replace_the_decorator_s(vendor: V1Vendor, loopback: Loopback) -> None:
    tags = {"tags": {"dynamic"}}

    @vendor.module().call(vendor.model, tools=[ping])
    @prompt_template("Hi")
    @metadata({"tags": {"fixed"}})
    def question(own: bool | None) -> dict[str, Any]:
        if own is None:
            return {"tools": [], "metadata": {}}
        return {"tools": [get_author], "metadata": tags} if own else {}

    loopback.script = Script(texts=(), tools=TWO_TOOLS, finish="tool_calls")
    response = question(True)
    assert [tool.call() for tool in response.tools] == ["A:3", "B:2"]
    assert response.metadata == {"tags": {"dynamic"}}
    assert "ping" not in json.dumps(loopback.last.body)
    loopback.script = Script()
    response = question(False)
    assert [tool._name() for tool in response.tool_types] == ["ping"]
    assert response.metadata == {"tags": {"fixed"}}
    assert "get_author" not in json.dumps(loopback.last.body)
    assert tags == {"tags": {"dynamic"}}
    # Nothing, said outright, replaces them too.
    response = question(None)
    assert response.tool_types is None
    assert response.metadata == {}


@each()
def test_messages_replace_the_template(vendor: V1Vendor, loopback: Loopback) -> None:
    @vendor.module().call(vendor.model)
    @prompt_template("the template")
    def question(messages: Any) -> dict[str, Any]:
        return {"messages": messages}

    question([Messages.User("the messages")])
    sent = json.dumps(loopback.last.body)
    assert "the messages" in sent
    assert "the template" not in sent
    # None of them: then the template stands.
    question([])
    assert "the template" in json.dumps(loopback.last.body)


@each()
@pytest.mark.parametrize("json_mode", [False, True])
def test_native_messages(vendor: V1Vendor, loopback: Loopback, json_mode: bool) -> None:
    """The vendor's own messages go along untouched, even where JSON is asked for."""
    native = native_message(vendor)
    kept = copy.deepcopy(native)

    @vendor.module().call(vendor.model, json_mode=json_mode)
    def question() -> list[Any]:
        return [Messages.System("Be brief."), native]

    loopback.script = Script(texts=('{"a": 1}',))
    assert question().content == '{"a": 1}'
    sent = json.dumps(loopback.last.body)
    assert sent.count("native") == 1
    assert "Be brief." in sent
    assert ("JSON" in sent) is json_mode
    assert native == kept


@each()
def test_everything_given_stays_as_it_is(vendor: V1Vendor, loopback: Loopback) -> None:
    """Deep-compare what the user handed over, with JSON asked for and with a response model."""
    google = vendor.name in ("gemini", "vertex")
    common = {"temperature": 0.5, "stop": ["x"]}
    own: dict[str, dict[str, Any]] = {
        "google": {"config": {"temperature": 0.5, "stop_sequences": ["x"]}},
        "bedrock": {
            "inferenceConfig": {"temperature": 0.5},
            "toolConfig": {"toolChoice": {"auto": {}}},
        },
        "cohere": {"k": 3, "chat_history": [{"role": "USER", "message": "before"}]},
    }
    config = {"temperature": 0.5, "stop_sequences": ["x"]}
    params = {"generation_config": config} if google else own.get(vendor.name, {**common})
    config_of_call: dict[str, Any] = {
        "messages": [
            BaseMessageParam(role="system", content="Be brief."),
            native_message(vendor),
            Messages.Assistant("Yes?"),
            Messages.User("Go on"),
        ],
        "metadata": {"tags": {"a"}},
        "computed_fields": {"x": [1]},
        "tools": [get_author],
        "call_params": dict(params),
    }
    kept_params, kept = copy.deepcopy(params), copy.deepcopy(config_of_call)
    loopback.script = Script(texts=('{"value": 5}',))
    options: tuple[dict[str, Any], ...] = (
        {},
        {"json_mode": True},
        {"response_model": int},
        {"response_model": int, "json_mode": True},
    )
    for option in options:

        @vendor.module().call(vendor.model, call_params=params, **option)
        def question() -> dict[str, Any]:
            return config_of_call

        question()
        assert params == kept_params
        assert config_of_call == kept


@each("openai")
def test_no_prompt_at_all(vendor: V1Vendor, loopback: Loopback) -> None:
    for returned in ({"computed_fields": {}}, None, 5):

        @vendor.module().call(vendor.model)
        def question() -> Any:
            return returned  # noqa: B023  # called at once

        with pytest.raises(ValueError, match="No prompt template set!"):
            question()
    assert loopback.seen == []
