"""Who asks Azure, where and how, as its servers hear it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.identity import CredentialUnavailableError, get_bearer_token_provider
from azure.identity.aio import ClientSecretCredential as AsyncCredential

from mirascope import llm
from tests.llm.conftest import Colour
from tests.llm.providers.azure.conftest import SECRET, Entra
from tests.llm.providers.traffic import FIXTURES
from tests.loopback import Exchange, Reply, Server

JSON = {"content-type": "application/json"}
CHAT = (
    b'{"choices": [{"message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop",'
    b' "content_filter_results": {"hate": {"filtered": false, "severity": "safe"}}}],'
    b' "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {}}],'
    b' "usage": {"prompt_tokens": 3, "completion_tokens": 2}}'
)
RESPONSES = (
    b'{"id": "r", "status": "completed", "output": [{"type": "message", "role": "assistant",'
    b' "content": [{"type": "output_text", "text": "Hello.", "annotations": []}]}]}'
)
CLAUDE = b'{"content": [{"type": "text", "text": "Hello."}], "stop_reason": "end_turn"}'
V = "api-version=2024-10-21"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        for path, body in (
            *(("/openai/v1/chat/completions", CHAT), ("/openai/v1/responses", RESPONSES)),
            *(("/openai/deployments/gpt/chat/completions", CHAT), ("/openai/responses", RESPONSES)),
            *(("/models/chat/completions", CHAT), ("/anthropic/v1/messages", CLAUDE)),
        ):
            server.route(path, Reply(body=body, headers=JSON, framing="length"))
        yield server


@pytest.mark.parametrize("version", [None, "2024-10-21"])
@pytest.mark.parametrize("name", ["gpt", "gpt:completions", "gpt:responses"])
def test_both_surfaces_and_both_wires(
    colour: Colour,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    version: str | None,
    name: str,
) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", server.url("/"))
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "key-of-azure")
    if version:
        monkeypatch.setenv("OPENAI_API_VERSION", version)
    assert colour.call(llm.Model(f"azure/{name}"), "Hi.").text() == "Hello."
    (asked,) = server.requests
    responses = name.endswith(":responses")
    if version:
        path = "/openai/responses" if responses else "/openai/deployments/gpt/chat/completions"
        assert asked.target == f"{path}?{V}"
    else:
        wire = "responses" if responses else "chat/completions"
        assert asked.target == f"/openai/v1/{wire}"
    assert json.loads(asked.body)["model"] == "gpt"
    assert asked.headers["api-key"] == "key-of-azure"
    assert "authorization" not in asked.headers


def test_a_stream_that_begins_without_a_choice(colour: Colour, server: Server) -> None:
    # The shape of traceloop/openllmetry's recordings of 2026-03, with other results.
    stream = (FIXTURES / "openai-chat-azure.sse").read_bytes()
    server.route("*", Reply(body=[stream], headers={"content-type": "text/event-stream"}))
    llm.register_provider("azure", base_url=server.url("/x"), api_key="key")
    answer = colour.read(llm.Model("azure/gpt"), "Hi.")
    assert answer.text() == "Why did the"
    assert answer.finish_reason == llm.FinishReason.REFUSAL
    assert answer.usage is not None
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (15, 4)
    raw = answer.messages[-1].raw_message
    assert raw["prompt_filter_results"][0]["content_filter_results"]["violence"] == {
        "filtered": False,
        "severity": "low",
    }
    assert raw["content_filter_results"] == {
        "hate": {"filtered": True, "severity": "high"},
        "violence": {"filtered": False, "severity": "medium"},
        "protected_material_text": {"detected": True, "filtered": False},
    }
    # None of it is sent back.
    colour.read(llm.Model("azure/gpt"), [*answer.messages, llm.messages.user("And?")])
    said = json.loads(server.requests[-1].body)["messages"][1]
    assert said == {"role": "assistant", "content": "Why did the"}


def test_a_whole_answer_keeps_what_the_filter_found(colour: Colour, server: Server) -> None:
    llm.register_provider("azure", base_url=server.url("/"), api_key="key")
    answer = colour.call(llm.Model("azure/gpt"), "Hi.")
    raw = answer.messages[-1].raw_message
    assert raw["content_filter_results"] == {"hate": {"filtered": False, "severity": "safe"}}
    assert raw["prompt_filter_results"] == [{"prompt_index": 0, "content_filter_results": {}}]
    assert answer.usage is not None
    assert answer.usage.input_tokens == 3


# https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter (2026-01)
FILTERED = {
    "error": {
        "message": "The response was filtered due to the prompt triggering Azure OpenAI's content "
        "management policy.",
        "type": None,
        "param": "prompt",
        "code": "content_filter",
        "status": 400,
        "innererror": {
            "code": "ResponsibleAIPolicyViolation",
            "content_filter_result": {
                "hate": {"filtered": True, "severity": "high"},
                "jailbreak": {"filtered": True, "detected": True},
                "violence": {"filtered": False, "severity": "safe"},
            },
        },
    }
}
BY_THE_FILTER = (
    "azure/gpt: 400: The response was filtered due to the prompt triggering Azure OpenAI's content "
    "management policy. (filtered: hate high, jailbreak)"
)


@pytest.mark.parametrize("stream", [False, True])
def test_a_filtered_prompt(colour: Colour, server: Server, stream: bool) -> None:
    body = json.dumps(FILTERED).encode()
    server.route("*", Reply(status=400, body=body, headers=JSON, framing="length"))
    llm.register_provider("azure", base_url=server.url("/x"), api_key="key")
    with pytest.raises(llm.BadRequestError) as raised:
        (colour.read if stream else colour.call)(llm.Model("azure/gpt"), "Hi.")
    assert raised.value.code == "content_filter"
    assert str(raised.value) == BY_THE_FILTER


def test_a_filter_that_speaks_up_inside_a_stream(colour: Colour, server: Server) -> None:
    events = [
        b'data: {"choices":[{"delta":{"content":"Well"}}]}\n\n',
        b"data: " + json.dumps(FILTERED).encode() + b"\n\n",
    ]
    server.route("*", Reply(body=events, headers={"content-type": "text/event-stream"}))
    llm.register_provider("azure", base_url=server.url("/x"), api_key="key")
    with pytest.raises(llm.BadRequestError, match="hate high, jailbreak"):
        colour.read(llm.Model("azure/gpt"), "Hi.")


@pytest.mark.parametrize("result", [None, [], "x", {"hate": None}, {"hate": {"filtered": "yes"}}])
def test_a_filter_that_says_nothing(colour: Colour, server: Server, result: object) -> None:
    inner = {"content_filter_result": result}
    body = json.dumps({"error": {"message": "No.", "innererror": inner}}).encode()
    server.route("*", Reply(status=400, body=body, headers=JSON, framing="length"))
    llm.register_provider("azure", base_url=server.url("/x"), api_key="key")
    with pytest.raises(llm.BadRequestError) as raised:
        colour.call(llm.Model("azure/gpt"), "Hi.")
    assert str(raised.value) == "azure/gpt: 400: No."


# --- Foundry


def test_model_inference(colour: Colour, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_INFERENCE_ENDPOINT", server.url("/models"))
    monkeypatch.setenv("AZURE_INFERENCE_CREDENTIAL", "key-of-foundry")
    assert colour.call(llm.Model("azure-foundry/Phi-4"), "Hi.").text() == "Hello."
    (asked,) = server.requests
    assert asked.target == "/models/chat/completions?api-version=2024-05-01-preview"
    assert asked.headers["api-key"] == "key-of-foundry"
    assert asked.headers["authorization"] == "Bearer key-of-foundry"
    assert asked.headers["extra-parameters"] == "pass-through"
    strict = llm.Model("azure-foundry/Phi-4", extra_headers={"Extra-Parameters": "error"})
    colour.call(strict, "Hi.")
    assert server.requests[-1].headers["extra-parameters"] == "error"


@pytest.mark.parametrize("variable", ["ANTHROPIC_FOUNDRY_API_KEY", "AZURE_INFERENCE_CREDENTIAL"])
def test_claude(
    colour: Colour, server: Server, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv("AZURE_INFERENCE_ENDPOINT", server.url("/models"))
    monkeypatch.setenv(variable, "key-of-claude")
    model = llm.Model("azure-foundry:anthropic/claude-sonnet-4-6")
    assert colour.call(model, "Hi.").text() == "Hello."
    (asked,) = server.requests
    assert asked.path == "/anthropic/v1/messages"
    assert asked.headers["x-api-key"] == asked.headers["api-key"] == "key-of-claude"
    assert asked.headers["anthropic-version"] == "2023-06-01"
    assert json.loads(asked.body)["model"] == "claude-sonnet-4-6"


# --- Entra ID


def at(server: Server, **more: Any) -> None:
    llm.register_provider("azure", base_url=server.url("/"), **more)


def tokens_of(server: Server) -> list[str | None]:
    assert not any("api-key" in request.headers for request in server.requests)
    return [request.headers.get("authorization") for request in server.requests]


def test_a_clients_secret(colour: Colour, server: Server, entra: Entra) -> None:
    at(server, credentials=entra.credential())
    for _ in range(2):
        assert colour.call(llm.Model("azure/gpt"), "Hi.").text() == "Hello."
    assert tokens_of(server) == ["Bearer entra-token-1"] * 2
    assert entra.given == 1


def test_a_token_that_ends_soon_is_replaced(colour: Colour, server: Server, entra: Entra) -> None:
    entra.life = 0
    at(server, credentials=entra.credential())
    for _ in range(2):
        colour.call(llm.Model("azure/gpt"), "Hi.")
    assert tokens_of(server) == ["Bearer entra-token-1", "Bearer entra-token-2"]


def test_many_ask_with_one_token(server: Server, entra: Entra) -> None:
    at(server, credentials=entra.credential())

    async def ask() -> None:
        await asyncio.gather(*(llm.Model("azure/gpt").call_async("Hi.") for _ in range(10)))

    with ThreadPoolExecutor(8) as pool:
        threads = [pool.submit(llm.Model("azure/gpt").call, "Hi.") for _ in range(8)]
        loops = [pool.submit(asyncio.run, ask()) for _ in range(2)]
        for one in (*threads, *loops):
            one.result()
    assert set(tokens_of(server)) == {"Bearer entra-token-1"}
    assert entra.given == 1


def test_a_token_that_does_not_come_is_waited_for_within_the_limits(
    colour: Colour, server: Server, entra: Entra
) -> None:
    come = threading.Event()

    def late(exchange: Exchange) -> None:
        come.wait()
        entra.give(exchange)

    entra.route("*", late)
    at(server, credentials=entra.credential())
    model = llm.Model("azure/gpt", timeout=llm.Timeout(total=0.05))
    try:
        for ask in (colour.call, colour.read):
            with pytest.raises(
                llm.TimeoutError, match="no token came for 'azure' within"
            ) as raised:
                ask(model, "Hi.")
            assert raised.value.phase == "total"
    finally:
        come.set()
    assert server.requests == []
    assert colour.call(llm.Model("azure/gpt"), "Hi.").text() == "Hello."
    assert entra.given == 1


def test_a_function_of_azure_identity(colour: Colour, server: Server, entra: Entra) -> None:
    scope = "https://cognitiveservices.azure.com/.default"
    at(server, credentials=get_bearer_token_provider(entra.credential(), scope))
    colour.call(llm.Model("azure/gpt"), "Hi.")
    assert tokens_of(server) == ["Bearer entra-token-1"]


def test_a_token_in_the_environment(
    colour: Colour, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_OPENAI_AD_TOKEN", "token-of-the-environment")
    at(server)
    colour.call(llm.Model("azure/gpt"), "Hi.")
    assert tokens_of(server) == ["Bearer token-of-the-environment"]


def test_a_key_counts_more_than_a_token_but_not_than_given_credentials(
    colour: Colour, server: Server, entra: Entra, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_OPENAI_AD_TOKEN", "token-of-the-environment")
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "key-of-the-environment")
    at(server)
    colour.call(llm.Model("azure/gpt"), "Hi.")
    assert server.requests.pop().headers["api-key"] == "key-of-the-environment"
    at(server, credentials=entra.credential())
    colour.call(llm.Model("azure/gpt"), "Hi.")
    assert tokens_of(server) == ["Bearer entra-token-1"]


def test_another_scope_gets_nothing(
    colour: Colour, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_OPENAI_AD_TOKEN", "token-of-the-environment")
    llm.register_provider("azure", "eu/", base_url=server.url("/"))
    colour.call(llm.Model("eu/gpt"), "Hi.")
    assert tokens_of(server) == [None]


def test_the_simulator_needs_neither(colour: Colour) -> None:
    ids = ("azure/gpt", "azure/gpt:responses", "azure-foundry/phi")
    with llm.testing.simulate() as simulation:
        for model_id in (*ids, "azure-foundry:anthropic/claude-sonnet-4-6"):
            assert colour.call(llm.Model(model_id), "Hi.").text()
    wires = [request.wire for request in simulation.requests]
    assert wires == ["chat", "responses", "chat", "messages"]


def test_a_refusal(colour: Colour, server: Server, entra: Entra) -> None:
    entra.refusal = {
        "error": "invalid_client",
        "error_description": f"AADSTS7000215: Invalid client secret provided: {SECRET}. Trace: x",
        "error_codes": [7000215],
    }
    at(server, credentials=entra.credential())
    with pytest.raises(llm.AuthenticationError, match="AADSTS7000215") as raised:
        colour.call(llm.Model("azure/gpt"), "Hi.")
    assert SECRET not in f"{raised.value!r} {raised.value.__cause__!r}"
    assert raised.value.model == "azure/gpt"
    assert server.requests == []


class Missing:
    """A credential that finds nothing, as the default one does on a machine without any."""

    def get_token(self, *scopes: str) -> AccessToken:
        raise CredentialUnavailableError("EnvironmentCredential: nothing is configured.\nMore.")


def test_no_credentials(colour: Colour, server: Server) -> None:
    at(server, credentials=Missing())
    with pytest.raises(llm.MissingAPIKeyError, match=r"\(.* nothing is configured\): set AZURE_"):
        colour.call(llm.Model("azure/gpt"), "Hi.")


def test_the_default_credentials_find_nothing(
    colour: Colour, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")  # and look no further
    at(server)
    with pytest.raises(llm.MissingAPIKeyError, match="set AZURE_OPENAI_API_KEY, run `az login`"):
        colour.call(llm.Model("azure/gpt"), "Hi.")
    assert server.requests == []


async def test_asynchronous_credentials_are_refused(server: Server) -> None:
    async with AsyncCredential("tenant", "client", "secret") as credential:
        at(server, credentials=credential)
        with pytest.raises(TypeError, match=r"not of azure\.identity\.aio"):
            await llm.Model("azure/gpt").call_async("Hi.")


def test_no_server_for_tokens(colour: Colour, server: Server, entra: Entra) -> None:
    class Gone:
        def get_token(self, *scopes: str) -> AccessToken:
            from azure.core.exceptions import ServiceRequestError

            raise ServiceRequestError("cannot connect")

    at(server, credentials=Gone())
    with pytest.raises(llm.ConnectionError, match="could be asked for: cannot connect"):
        colour.call(llm.Model("azure/gpt"), "Hi.")


def test_what_is_no_credentials() -> None:
    with pytest.raises(TypeError, match=r"an object of azure-identity, or a function .* not str"):
        llm.register_provider("azure", credentials="token")


WITHOUT = """
import sys
sys.modules["azure.identity"] = None
from mirascope import llm
llm.register_provider("azure", base_url="http://127.0.0.1:9/v1")
try:
    llm.Model("azure/m").call("Hi.")
except ImportError as error:
    print(error)
"""

LIGHT = """
import sys
from mirascope import llm
llm.register_provider("vertex", api_key="key", base_url="http://127.0.0.1:9/v1")
llm.register_provider("azure", api_key="key", base_url="http://127.0.0.1:9/v1")
for model_id in ("vertex/m", "azure/m"):
    try:
        llm.Model(model_id).call("Hi.")
    except llm.ConnectionError:
        print(*sorted({"google.auth", "azure.core", "azure.identity"} & set(sys.modules)))
"""


def test_without_the_extra() -> None:
    run = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True)
    assert "no key in AZURE_OPENAI_API_KEY" in run.stdout, run.stderr
    assert "Install the extra 'azure'" in run.stdout


def test_a_key_imports_no_library() -> None:
    run = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True)
    assert run.stdout == "\n\n", run.stderr
