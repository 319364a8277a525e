"""Who asks Vertex AI, as its servers hear it: google-auth against a token server here."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from google.auth import credentials as google_credentials
from google.oauth2 import service_account

from mirascope import llm
from tests.llm.conftest import Colour
from tests.llm.providers.traffic import FIXTURES
from tests.llm.providers.vertex.conftest import PLACE, TokenServer
from tests.loopback import Exchange, Reply, Server

JSON = {"content-type": "application/json"}
ANSWER = (
    b'{"candidates": [{"content": {"role": "model", "parts": [{"text": "Hello."}]},'
    b' "finishReason": "STOP"}], "usageMetadata": {"promptTokenCount": 3,'
    b' "candidatesTokenCount": 2, "thoughtsTokenCount": 1}}'
)
FLASH = "vertex/gemini-2.5-flash"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        server.route("*", Reply(body=ANSWER, headers=JSON, framing="length"))
        yield server


def at(server: Server, place: str = PLACE, **more: Any) -> None:
    llm.register_provider("vertex", base_url=server.url(place), **more)


def authorization(server: Server) -> list[str | None]:
    return [request.headers.get("authorization") for request in server.requests]


@pytest.mark.usefixtures("logged_in")
def test_an_answer(colour: Colour, server: Server) -> None:
    at(server)
    answer = colour.call(llm.Model(FLASH), "Hi.")
    assert answer.text() == "Hello."
    assert answer.usage is not None
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (3, 3)
    (asked,) = server.requests
    assert asked.path == (
        "/v1beta1/projects/project-of-the-account/locations/eu/publishers/google/models/"
        "gemini-2.5-flash:generateContent"
    )
    assert asked.headers["authorization"] == "Bearer ya29-token-1"
    assert "x-goog-api-key" not in asked.headers


@pytest.mark.usefixtures("logged_in")
def test_a_stream(colour: Colour, server: Server) -> None:
    server.route(
        "*",
        Reply(
            body=[(FIXTURES / "google-text.sse").read_bytes()],
            headers={"content-type": "text/event-stream"},
        ),
    )
    at(server)
    answer = colour.read(llm.Model(FLASH), "Hi.")
    assert answer.state == "complete"
    assert answer.text()
    assert server.requests[0].target.endswith(":streamGenerateContent?alt=sse")


@pytest.mark.usefixtures("logged_in")
def test_claude_and_open_models_are_asked_by_the_same_account(
    colour: Colour, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    claude = b'{"content": [{"type": "text", "text": "Hello."}], "stop_reason": "end_turn"}'
    chat = b'{"choices": [{"message": {"content": "Hello."}, "finish_reason": "stop"}]}'
    place = "/v1/projects/-/locations/eu"
    monkeypatch.setenv("VERTEX_ANTHROPIC_BASE_URL", server.url(place))
    monkeypatch.setenv("VERTEX_OPENAI_BASE_URL", server.url(f"{place}/endpoints/openapi"))
    for model_id, body, path in (
        (
            "vertex:anthropic/claude-sonnet-4-6",
            claude,
            "publishers/anthropic/models/claude-sonnet-4-6:rawPredict",
        ),
        ("vertex:openai/meta/llama-4", chat, "endpoints/openapi/chat/completions"),
    ):
        server.route("*", Reply(body=body, headers=JSON, framing="length"))
        assert colour.call(llm.Model(model_id), "Hi.").text() == "Hello."
        asked = server.requests[-1]
        assert asked.path == f"/v1/projects/project-of-the-account/locations/eu/{path}"
        assert asked.headers["authorization"].startswith("Bearer ya29-token-")
    assert json.loads(server.requests[-1].body)["model"] == "meta/llama-4"


@pytest.mark.usefixtures("logged_in")
def test_the_environment_names_the_project(
    colour: Colour, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "another-project")
    at(server)
    colour.call(llm.Model(FLASH), "Hi.")
    assert "/projects/another-project/" in server.requests[0].path


@pytest.mark.usefixtures("logged_in")
def test_many_ask_with_one_token(server: Server, tokens: TokenServer) -> None:
    at(server)

    async def ask() -> None:
        await asyncio.gather(*(llm.Model(FLASH).call_async("Hi.") for _ in range(10)))

    with ThreadPoolExecutor(8) as pool:
        threads = [pool.submit(llm.Model(FLASH).call, "Hi.") for _ in range(8)]
        loops = [pool.submit(asyncio.run, ask()) for _ in range(2)]
        for one in (*threads, *loops):
            one.result()
    assert set(authorization(server)) == {"Bearer ya29-token-1"}
    assert tokens.given == 1


@pytest.mark.usefixtures("logged_in")
def test_a_token_that_ends_soon_is_replaced(
    colour: Colour, server: Server, tokens: TokenServer
) -> None:
    tokens.life = 0  # which it is half through at once
    at(server)
    for _ in range(2):
        colour.call(llm.Model(FLASH), "Hi.")
    assert authorization(server) == ["Bearer ya29-token-1", "Bearer ya29-token-2"]


# --- what a user gives


@pytest.mark.usefixtures("nothing_set")
def test_given_credentials(colour: Colour, server: Server, account: dict[str, str]) -> None:
    given = service_account.Credentials.from_service_account_info(account)  # without a scope
    at(server, credentials=given)
    colour.call(llm.Model(FLASH), "Hi.")
    assert authorization(server) == ["Bearer ya29-token-1"]
    assert "/projects/project-of-the-account/" in server.requests[0].path


@pytest.mark.usefixtures("logged_in")
@pytest.mark.parametrize("phase", ["first_content", "total"])
def test_a_token_that_does_not_come_is_waited_for_within_the_limits(
    colour: Colour, server: Server, tokens: TokenServer, phase: str
) -> None:
    come = threading.Event()

    def late(exchange: Exchange) -> None:
        come.wait()
        tokens.give(exchange)

    tokens.route("/token", late)
    at(server)
    model = llm.Model(FLASH, timeout=llm.Timeout(**{phase: 0.05}))
    count = model.count_tokens_async if colour.asynchronous else model.count_tokens
    asks = (
        lambda: colour.call(model, "Hi."),
        lambda: colour.read(model, "Hi."),
        lambda: colour.run(count("Hi.")),
    )
    try:
        for ask in asks:
            said = r"no token came for 'vertex' within 0\.05 s"
            with pytest.raises(llm.TimeoutError, match=said) as raised:
                ask()
            assert raised.value.phase == phase
    finally:
        come.set()
    assert server.requests == []
    assert colour.call(llm.Model(FLASH), "Hi.").text() == "Hello."
    assert tokens.given == 1  # what came too late is used after all


class Payer(google_credentials.Credentials):
    """Credentials with a token that are paid for by a project."""

    def __init__(self) -> None:
        super().__init__()
        self.token = "ya29-of-somebody"
        self.expiry = (datetime.now(UTC) + timedelta(hours=1)).replace(tzinfo=None)
        self._quota_project_id = "payer"

    def refresh(self, request: object) -> None:
        raise AssertionError("the token is good")


@pytest.mark.usefixtures("nothing_set")
def test_a_token_that_is_good_is_taken_with_who_pays(
    colour: Colour, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "mine")
    at(server, credentials=Payer())
    colour.call(llm.Model(FLASH), "Hi.")
    assert authorization(server) == ["Bearer ya29-of-somebody"]
    assert server.requests[0].headers["x-goog-user-project"] == "payer"


@pytest.mark.usefixtures("nothing_set")
def test_a_function_that_returns_a_token(
    colour: Colour, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(server, credentials=lambda: "ya29-of-a-function")
    with pytest.raises(llm.MissingAPIKeyError, match="set GOOGLE_CLOUD_PROJECT"):
        colour.call(llm.Model(FLASH), "Hi.")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "mine")
    colour.call(llm.Model(FLASH), "Hi.")
    assert authorization(server) == ["Bearer ya29-of-a-function"]
    assert "/projects/mine/" in server.requests[0].path


def test_what_is_no_credentials() -> None:
    with pytest.raises(TypeError, match=r"an object of google-auth, or a function .* not str"):
        llm.register_provider("vertex", credentials="ya29-token")
    with pytest.raises(ValueError, match="Both api_key and credentials"):
        llm.register_provider("vertex", credentials=lambda: "x", api_key="key")
    with pytest.raises(ValueError, match="'openai' takes no credentials but a key"):
        llm.register_provider("openai", credentials=lambda: "x")


# --- express mode


@pytest.mark.usefixtures("logged_in")
@pytest.mark.parametrize("how", ["given", "VERTEX_API_KEY", "GOOGLE_API_KEY"])
def test_a_key_of_express_mode(
    colour: Colour,
    server: Server,
    tokens: TokenServer,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    if how != "given":
        monkeypatch.setenv(how, "express-key")
    at(server, "/v1beta1", **({"api_key": "express-key"} if how == "given" else {}))
    colour.call(llm.Model(FLASH), "Hi.")
    (asked,) = server.requests
    assert asked.path == "/v1beta1/publishers/google/models/gemini-2.5-flash:generateContent"
    assert asked.headers["x-goog-api-key"] == "express-key"
    assert "authorization" not in asked.headers
    assert tokens.given == 0


@pytest.mark.usefixtures("logged_in")
def test_a_project_counts_more_than_the_gemini_apis_key(
    colour: Colour, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_API_KEY", "key-of-the-gemini-api")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "mine")
    at(server)
    colour.call(llm.Model(FLASH), "Hi.")
    assert authorization(server) == ["Bearer ya29-token-1"]
    assert "x-goog-api-key" not in server.requests[0].headers


# --- where they do not go


@pytest.mark.usefixtures("logged_in")
def test_another_scope_gets_no_token(colour: Colour, server: Server, tokens: TokenServer) -> None:
    llm.register_provider("vertex", "local/", base_url=server.url("/v1"))
    colour.call(llm.Model("local/gemini-2.5-flash"), "Hi.")
    assert authorization(server) == [None]
    assert tokens.given == 0


@pytest.mark.usefixtures("logged_in")
def test_no_token_goes_out_in_the_clear(colour: Colour, tokens: TokenServer) -> None:
    llm.register_provider("vertex", base_url="http://proxy.invalid/v1")
    with pytest.raises(llm.MissingAPIKeyError, match="credentials found here are not sent to http"):
        colour.call(llm.Model(FLASH), "Hi.")
    assert tokens.given == 0


@pytest.mark.usefixtures("logged_in")
def test_the_simulator_needs_neither(colour: Colour, tokens: TokenServer) -> None:
    with llm.testing.simulate() as simulation:
        for model_id in (FLASH, "vertex:anthropic/claude-sonnet-4-6", "vertex:openai/meta/llama-4"):
            assert colour.call(llm.Model(model_id), "Hi.").text()
    assert [request.wire for request in simulation.requests] == [
        "generate_content",
        "messages",
        "chat",
    ]
    assert tokens.given == 0


# --- what goes wrong


@pytest.mark.usefixtures("nothing_set")
def test_no_credentials(colour: Colour, server: Server) -> None:
    at(server)
    with pytest.raises(llm.MissingAPIKeyError, match="gcloud auth application-default") as raised:
        colour.call(llm.Model(FLASH), "Hi.")
    assert raised.value.env_var == "GOOGLE_APPLICATION_CREDENTIALS"
    assert server.requests == []


@pytest.mark.usefixtures("logged_in")
def test_a_refused_token(colour: Colour, server: Server, tokens: TokenServer) -> None:
    tokens.refusal = 400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
    at(server)
    with pytest.raises(llm.AuthenticationError) as raised:
        colour.call(llm.Model(FLASH), "Hi.")
    assert str(raised.value) == (
        "The credentials for 'vertex' bring no token: invalid_grant: Invalid JWT Signature."
    )
    assert raised.value.model == FLASH
    tokens.refusal = None
    assert colour.call(llm.Model(FLASH), "Hi.").text() == "Hello."


@pytest.mark.usefixtures("logged_in")
def test_a_server_that_quotes_what_it_was_sent(
    colour: Colour, server: Server, tokens: TokenServer
) -> None:
    def echo(exchange: Exchange) -> None:
        sent = exchange.request.body.decode()
        body = json.dumps({"error": "no", "error_description": f"what is\n{sent}?"}).encode()
        exchange.head(400, {**JSON, "content-length": str(len(body))})
        exchange.write(body)

    tokens.route("/token", echo)
    at(server)
    with pytest.raises(llm.AuthenticationError, match="no: what is") as raised:
        colour.call(llm.Model(FLASH), "Hi.")
    (asked,) = tokens.requests
    signature = parse_qs(asked.body.decode())["assertion"][0].rpartition(".")[2]
    assert len(signature) > 100
    shown = "".join(traceback.format_exception(raised.value))
    assert signature[:20] not in shown
    assert signature[-20:] not in shown


@pytest.mark.usefixtures("nothing_set")
@pytest.mark.parametrize("token", ["ya29-to\r\nken", "ya29-tö\nken", "ya29-\x00token"])
def test_a_token_that_cannot_be_sent_is_not_shown(
    colour: Colour, server: Server, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "mine")
    at(server, credentials=lambda: token)
    with pytest.raises(Exception, match="header") as raised:
        colour.call(llm.Model(FLASH), "Hi.")
    assert "ya29" not in "".join(traceback.format_exception(raised.value)).replace(repr(token), "")


@pytest.mark.usefixtures("nothing_set")
def test_no_server_for_tokens(
    colour: Colour, server: Server, account: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server() as gone:
        account["token_uri"] = gone.url("/token")
    at(server, credentials=service_account.Credentials.from_service_account_info(account))
    with pytest.raises(llm.ConnectionError, match="No token for 'vertex' could be asked for"):
        colour.call(llm.Model(FLASH), "Hi.")


@pytest.mark.usefixtures("logged_in")
def test_an_error_says_what_the_server_said_but_no_token(colour: Colour, server: Server) -> None:
    error = {"code": 403, "status": "PERMISSION_DENIED", "message": "not with ya29-token-1, you!"}
    body = json.dumps([{"error": error}]).encode()
    server.route("*", Reply(status=403, body=body, headers=JSON, framing="length"))
    at(server)
    for ask in (colour.call, colour.read):
        with pytest.raises(llm.PermissionError) as raised:
            ask(llm.Model(FLASH), "Hi.")
        assert str(raised.value) == f"{FLASH}: 403: not with ***, you!"
        assert raised.value.code == "PERMISSION_DENIED"


WITHOUT = """
import sys
sys.modules["google.auth"] = None
from mirascope import llm
llm.register_provider("vertex", base_url="http://127.0.0.1:9/v1")
try:
    llm.Model("vertex/m").call("Hi.")
except ImportError as error:
    print(error)
"""


@pytest.mark.usefixtures("nothing_set")
def test_without_the_extra() -> None:
    run = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True)
    assert "Install the extra 'vertex'" in run.stdout, run.stderr
