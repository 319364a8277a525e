"""Where requests go: the path is the vendor's, whatever the model is called."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from mirascope import llm
from tests.loopback import Reply, Server

PATHS = {
    "openai:completions": "/chat/completions",
    "openai:responses": "/responses",
    "anthropic": "/v1/messages",
    "google": "/v1beta/models/{name}:generateContent",
}


@pytest.fixture
def server() -> Iterator[Server]:
    llm.reset_provider_registry()
    with Server() as server:
        server.route("*", Reply(status=400, body=b"{}", framing="length"))
        yield server
    llm.reset_provider_registry()


def call(model_id: str, asynchronous: bool) -> None:
    model = llm.Model(model_id)
    if asynchronous:
        asyncio.run(model.call_async("hi"))
    else:
        model.call("hi")


def target(server: Server, provider: str, base_url: str, name: str, asynchronous: bool) -> str:
    llm.register_provider(provider, scope="x/", api_key="k" * 20, base_url=base_url)
    with pytest.raises(llm.BadRequestError):
        call(f"x/{name}", asynchronous)
    return server.requests[-1].target


def shown(provider: str, name: str) -> str:
    return PATHS[provider].format(name=name)


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("provider", PATHS)
@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("m?x=1", "m%3Fx%3D1"),
        ("m#x", "m%23x"),
        ("m\r\nx: y", "m%0D%0Ax%3A%20y"),
        ("..%2f..%2fadmin", "..%252f..%252fadmin"),
        ("..\\..\\admin", "..%5C..%5Cadmin"),
        ("%2e%2e", "%252e%252e"),
        ("é\0", "%C3%A9%00"),
    ],
)
def test_model_name_stays_a_name(
    server: Server, provider: str, name: str, quoted: str, asynchronous: bool
) -> None:
    assert target(server, provider, server.url(""), name, asynchronous) == shown(provider, quoted)


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("provider", PATHS)
@pytest.mark.parametrize(
    "name", ["../../../admin?x=", "..", "a/../b", "a//b", "/a", "a/", "a/./b", "tuned/.."]
)
def test_model_name_that_leads_elsewhere(
    server: Server, provider: str, name: str, asynchronous: bool
) -> None:
    if provider == "google":
        llm.register_provider(provider, scope="x/", api_key="k" * 20, base_url=server.url(""))
        with pytest.raises(ValueError, match="cannot be the name of a Google model"):
            call(f"x/{name}", asynchronous)
        assert server.requests == []
    else:
        sent = target(server, provider, server.url(""), name, asynchronous)
        assert sent == shown(provider, name)


@pytest.mark.parametrize("provider", PATHS)
@pytest.mark.parametrize("slash", ["", "/"])
def test_query_of_the_base_url(server: Server, provider: str, slash: str) -> None:
    base_url = server.url(f"/gateway{slash}?api-version=1&x=a%2Fb")
    sent = target(server, provider, base_url, "m", False)
    assert sent == f"/gateway{shown(provider, 'm')}?api-version=1&x=a%2Fb"


def test_query_of_the_base_url_comes_before_the_paths(server: Server) -> None:
    base_url = server.url("?tenant=1")
    llm.register_provider("google", scope="x/", api_key="k" * 20, base_url=base_url)
    with pytest.raises(llm.BadRequestError):
        llm.Model("x/m").stream("hi").finish()
    assert server.requests[0].target == "/v1beta/models/m:streamGenerateContent?tenant=1&alt=sse"


@pytest.mark.parametrize("asynchronous", [False, True])
def test_fragment_of_the_base_url(server: Server, asynchronous: bool) -> None:
    llm.register_provider("openai", scope="x/", api_key="k" * 20, base_url=server.url("/v1#top"))
    with pytest.raises(ValueError, match="fragment"):
        call("x/m", asynchronous)
    assert server.requests == []
