"""A proxy that does not do its work is named, and its password is not."""

from __future__ import annotations

import pytest

from mirascope import llm
from mirascope.llm.transport.default import DefaultTransport
from mirascope.llm.transport.http import ConnectFailed, TransportError
from tests.llm.conftest import Colour as Asking
from tests.llm.providers.telling import everything_of
from tests.llm.transport.colours import ALL, Colour, post
from tests.llm.transport.proxy import Proxy
from tests.loopback import Reply, Server, refused_port

SECRET = "s3" + "cret"  # in no line of the traceback
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUEST_METHOD")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]  # a fixture
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def failure(name: str, url: str, proxy: str, monkeypatch: pytest.MonkeyPatch) -> TransportError:
    """Return what goes wrong on the way to `url`; it does not tell the password of the proxy."""
    monkeypatch.setenv("ALL_PROXY", f"http://me:{SECRET}@{proxy}")
    colour = Colour(name, environment=True)
    try:
        with pytest.raises(TransportError) as caught:
            colour.open(post(f"{url}?key={SECRET}", headers={"authorization": f"Bearer {SECRET}"}))
    finally:
        colour.close()
    assert SECRET not in everything_of(caught.value)
    return caught.value


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("name", ALL)
def test_nobody_listens(name: str, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = f"127.0.0.1:{refused_port()}"
    error = failure(name, f"{scheme}://somewhere.invalid/", proxy, monkeypatch)
    assert isinstance(error, ConnectFailed)
    assert str(error).startswith(
        f"cannot connect to somewhere.invalid: the proxy {proxy} cannot be reached: "
    )


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("name", ALL)
def test_name_that_does_not_exist(name: str, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = "no-such-proxy.invalid:3128"
    error = failure(name, f"{scheme}://127.0.0.1:1/", proxy, monkeypatch)
    assert isinstance(error, ConnectFailed)
    assert f"127.0.0.1:1: the proxy {proxy} cannot be reached: " in str(error)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("name", ALL)
def test_no_login(name: str, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy(refuse=407) as running:
        proxy = f"127.0.0.1:{running.port}"
        error = failure(name, f"{scheme}://somewhere.invalid/", proxy, monkeypatch)
    assert isinstance(error, ConnectFailed)
    assert str(error) == f"cannot connect to somewhere.invalid: the proxy {proxy} answers 407"


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-s3cret\r\n", b"HTTP/1.1 s3cret\r\n\r\n"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("name", ALL)
def test_no_proxy_at_all(
    name: str, scheme: str, said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy(say=said) as running:
        proxy = f"127.0.0.1:{running.port}"
        error = failure(name, f"{scheme}://somewhere.invalid/", proxy, monkeypatch)
    assert f"somewhere.invalid through the proxy {proxy}" in str(error)


@pytest.mark.parametrize("name", ALL)
def test_a_server_that_asks_for_the_login_of_a_proxy(server: Server, name: str) -> None:
    server.route("*", Reply(status=407, framing="length", body=b"odd"))
    colour = Colour(name)
    assert colour.open(post(server.url())).read_all() == b"odd"
    colour.close()


@pytest.mark.parametrize("proxy", ["http://:3128", "http://me:s3cret@h:99999", "http://me:s3cret@"])
@pytest.mark.parametrize("name", ["sync", "async"])
def test_no_address(name: str, proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    colour = Colour(name)
    with pytest.raises(ConnectFailed, match="asks for a proxy") as caught:
        colour.open(post("http://somewhere.invalid/"))
    assert SECRET not in everything_of(caught.value)
    colour.close()


@pytest.mark.parametrize("asynchronous", [False, True])
def test_what_users_see(asynchronous: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    colour = Asking(asynchronous=asynchronous)
    with Server() as server:
        server.route("*", Reply(stall="before headers"))
        proxy = f"127.0.0.1:{server.port}"
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:{SECRET}@{proxy}")
        llm.register_provider(
            "openai",
            scope="x/",
            api_key="key-of-mine",
            base_url="https://somewhere.invalid/v1",
            http_client=DefaultTransport(),  # one that has not looked for proxies so far
            timeout=llm.Timeout(connect=0.2),
        )
        with pytest.raises(llm.TimeoutError, match=f"the proxy {proxy} within 0.2 s") as slow:
            colour.call(llm.Model("x/m"), "hi")
        assert slow.value.phase == "connect"
    with pytest.raises(llm.ConnectionError, match=f"the proxy {proxy} cannot be reached") as dead:
        colour.call(llm.Model("x/m"), "hi")
    for error in (slow.value, dead.value):
        assert SECRET not in everything_of(error)
    colour.close()
    llm.reset_provider_registry()
