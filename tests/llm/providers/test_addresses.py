"""Which key goes to which address, as a server hears it."""

from __future__ import annotations

from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.providers import ROWS
from tests.llm.conftest import Colour
from tests.loopback import Reply, Server

KEY = "sk-from-the-environment"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Any:
    for row in ROWS.values():
        for name in (*row.key_env, *row.base_url_env, *row.host_env):
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with Server() as server:
        server.route("*", Reply(status=418, body=b"{}"))
        yield server


def asked(colour: Colour, server: Server, model_id: str) -> dict[str, str]:
    """Return the headers that the server got."""
    with pytest.raises(llm.APIError):
        colour.call(llm.Model(model_id), "hi")
    return server.requests[-1].headers


def test_a_proxy_in_front_of_the_vendor_gets_the_vendors_key(
    colour: Colour, server: Server
) -> None:
    llm.register_provider("openai", base_url=server.url("/v1"))
    assert asked(colour, server, "openai/m")["authorization"] == f"Bearer {KEY}"


def test_a_variable_names_the_address(
    colour: Colour, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url("/v1"))
    assert asked(colour, server, "openai/m")["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("scope", ["local/", "", ["openai/", "local/"]])
def test_another_scope_gets_no_key(colour: Colour, server: Server, scope: Any) -> None:
    llm.register_provider("openai:completions", scope, base_url=server.url("/v1"))
    assert "authorization" not in asked(colour, server, "local/m")


def test_unless_one_is_given(colour: Colour, server: Server) -> None:
    llm.register_provider("openai:completions", "local/", base_url=server.url("/v1"), api_key="own")
    assert asked(colour, server, "local/m")["authorization"] == "Bearer own"


@pytest.mark.parametrize(
    "base_url", ["http://10.0.0.5/v1", "http://proxy.invalid:8080", "http://localhost.invalid"]
)
def test_no_key_goes_out_in_the_clear(colour: Colour, server: Server, base_url: str) -> None:
    llm.register_provider("openai", base_url=base_url)
    with pytest.raises(llm.MissingAPIKeyError, match="api_key=") as raised:
        colour.call(llm.Model("openai/m"), "hi")
    assert KEY not in str(raised.value)


@pytest.mark.parametrize("base_url", ["", "  "])
def test_an_empty_address_is_not_the_vendors(base_url: str) -> None:
    with pytest.raises(ValueError, match="base_url is empty"):
        llm.register_provider("openai", base_url=base_url)


@pytest.mark.parametrize("id", [id for id in ROWS if ":" not in id])
def test_every_vendor_has_a_variable_for_its_address(
    id: str, colour: Colour, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ROWS[id]
    name = (
        "GOOGLE_GEMINI_BASE_URL" if id == "google" else f"{id.replace('-', '_').upper()}_BASE_URL"
    )
    assert name in row.base_url_env
    monkeypatch.setenv(name, server.url(""))
    monkeypatch.setenv(row.key_env[0], "its-own-key")
    headers = asked(colour, server, f"{row.scopes[0]}m")
    assert "its-own-key" in str(headers)
    assert KEY not in str(headers) or id == "openai"


@pytest.mark.parametrize(
    "written", ["{host}:{port}", "http://{host}:{port}", "http://{host}:{port}/"]
)
def test_ollamas_host(
    written: str, colour: Colour, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, port = server.url("").removeprefix("http://").rstrip("/").split(":")
    monkeypatch.setenv("OLLAMA_HOST", written.format(host=host, port=port))
    asked(colour, server, "ollama/m")
    assert server.requests[-1].path == "/v1/chat/completions"


@pytest.mark.parametrize("stream", [False, True])
def test_the_vendors_text_has_model_and_status_before_it(
    colour: Colour, server: Server, stream: bool
) -> None:
    server.route("*", Reply(status=429, body=b'{"error": {"message": "slow down"}}'))
    llm.register_provider("openai:completions", "local/", base_url=server.url("/v1"))
    ask = colour.read if stream else colour.call
    with pytest.raises(llm.RateLimitError) as raised:
        ask(llm.Model("local/m"), "hi")
    assert str(raised.value) == "local/m: 429: slow down"


@pytest.mark.parametrize("end", ["/chat/completions", "/responses/", "/v1/messages?key=sk-secret"])
def test_an_endpoint_is_no_base_url(end: str) -> None:
    with pytest.raises(ValueError, match=r"base_url ends in /\S+, which each request adds") as bad:
        llm.register_provider("openai", "local/", base_url=f"https://sk-secret@example.com{end}")
    assert "sk-secret" not in str(bad.value)


@pytest.mark.parametrize(
    ("path", "hint"),
    [("", ", and most end in a version, such as /v1."), ("/v1", "."), ("/v1beta/", ".")],
)
def test_a_404_shows_the_base_url(colour: Colour, server: Server, path: str, hint: str) -> None:
    server.route("*", Reply(status=404, body=b'{"error": {"message": "no such route."}}'))
    base_url = server.url(path).replace("//", "//me:sk-secret@", 1)
    llm.register_provider("openai:completions", "local/", base_url=f"{base_url}?code=sk-secret")
    for ask in (colour.call, colour.read):
        with pytest.raises(llm.NotFoundError) as raised:
            ask(llm.Model("local/m"), "hi")
        assert str(raised.value) == (
            f"local/m: 404: no such route. The base_url is {server.url(path).rstrip('/')}{hint}"
        )


def test_a_404_about_the_model_does_not(colour: Colour, server: Server) -> None:
    server.route("*", Reply(status=404, body=b'{"error": {"message": "no model m"}}'))
    llm.register_provider("openai:completions", "local/", base_url=server.url("/v1"))
    with pytest.raises(llm.NotFoundError) as raised:
        colour.call(llm.Model("local/m"), "hi")
    assert str(raised.value) == "local/m: 404: no model m"
