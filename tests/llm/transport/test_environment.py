"""Proxies and certificates from the environment."""

from __future__ import annotations

import base64
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mirascope.llm.transport.environment import Proxies, tls_context
from mirascope.llm.transport.http import ConnectFailed, ConnectionLost, StreamClosed
from tests.llm.transport.colours import OURS, Colour, post, soon
from tests.llm.transport.proxy import Proxy
from tests.loopback import Reply, Server, refused_port

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost, signed by itself, and its key in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl program")
    path = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=mirascope-test", "-addext", "subjectAltName=DNS:localhost"),
            *("-addext", "keyUsage=critical,digitalSignature,keyCertSign"),
            *("-keyout", str(path / "key.pem"), "-out", str(path / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )
    return path


@pytest.fixture
def tls_server(certificate: Path) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    with Server(tls=context) as server:
        server.route("/", Reply(body=[b"1", b"2"]))
        server.route("/stall", Reply(body=[b"1"], stall="after first"))
        server.route("/cut", Reply(body=[b"1", b"2"], cut_after=8))
        yield server


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("name", OURS)
def test_proxy_for_http(
    server: Server, name: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if variable == "HTTP_PROXY":
        monkeypatch.delenv("REQUEST_METHOD", raising=False)
    server.route("*", Reply(body=b"ok"))
    with Proxy() as proxy:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
        colour = Colour(name)
        url = server.url("/a?b=c", host="somewhere.invalid")
        assert colour.open(post(url)).read_all() == b"ok"
        colour.close()
    assert proxy.lines == [f"POST {url} HTTP/1.1"]
    assert proxy.logins == [None]
    assert server.requests[0].target == "/a?b=c"
    assert server.requests[0].headers["host"] == f"somewhere.invalid:{server.port}"


@pytest.mark.parametrize("name", OURS)
def test_proxy_for_https(
    tls_server: Server, certificate: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    with Proxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{proxy.port}")
        colour = Colour(name)
        for _ in range(2):
            assert colour.open(post(tls_server.url(host="localhost"))).read_all() == b"12"
        colour.close()
    assert [line.split()[:2] for line in proxy.lines] == [
        ["CONNECT", f"localhost:{tls_server.port}"]
    ]
    assert tls_server.connections == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("name", OURS)
def test_proxy_with_a_login(
    server: Server,
    tls_server: Server,
    certificate: Path,
    name: str,
    scheme: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    server.route("*", Reply(body=b"12"))
    target = tls_server if scheme == "https" else server
    with Proxy() as proxy:
        monkeypatch.setenv("ALL_PROXY", f"http://me:p%40ss@127.0.0.1:{proxy.port}")
        colour = Colour(name)
        assert colour.open(post(target.url(host="localhost"))).read_all() == b"12"
        colour.close()
    assert proxy.logins == [f"Basic {base64.b64encode(b'me:p@ss').decode()}"]
    assert "proxy-authorization" not in target.requests[0].headers


@pytest.mark.parametrize("no_proxy", ["127.0.0.1", "*", "other.invalid, 127.0.0.1"])
@pytest.mark.parametrize("name", OURS)
def test_no_proxy(
    server: Server, name: str, no_proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{refused_port()}")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    server.route("*", Reply(body=b"ok"))
    colour = Colour(name)
    assert colour.open(post(server.url())).read_all() == b"ok"
    colour.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("name", OURS)
def test_proxy_that_is_not_there(name: str, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", f"http://me:secret@127.0.0.1:{refused_port()}")
    colour = Colour(name)
    with pytest.raises(ConnectFailed) as caught:
        colour.open(post(f"{scheme}://somewhere.invalid/?k=secret"))
    assert "secret" not in str(caught.value)
    colour.close()


@pytest.mark.parametrize("name", OURS)
def test_proxy_that_refuses_to_connect(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy(refuse=407) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        colour = Colour(name)
        with pytest.raises(ConnectFailed, match=r"somewhere\.invalid"):
            colour.open(post("https://somewhere.invalid/"))
        colour.close()


@pytest.mark.parametrize("name", OURS)
def test_proxy_that_is_not_http(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://me:secret@127.0.0.1:1")
    colour = Colour(name)
    with pytest.raises(ConnectFailed, match="socks5 proxy") as caught:
        colour.open(post("http://somewhere.invalid/"))
    assert "secret" not in str(caught.value)
    colour.close()


def test_environment_is_read_late_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    proxies = Proxies()
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:1")
    assert proxies.find("https://a.invalid/x") == "http://proxy:1"
    assert proxies.find("http://a.invalid/x") is None
    monkeypatch.setenv("HTTPS_PROXY", "http://other:1")
    assert proxies.find("https://b.invalid/x") == "http://proxy:1"


@pytest.mark.parametrize("name", OURS)
def test_password_of_netrc_is_left_alone(
    server: Server, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.route("*", Reply(body=b"ok"))
    colour = Colour(name)
    colour.open(post(server.url(), headers={"authorization": "Bearer key"})).read_all()
    colour.open(post(server.url())).read_all()
    colour.close()
    assert server.requests[0].headers["authorization"] == "Bearer key"
    assert "authorization" not in server.requests[1].headers


@pytest.mark.parametrize("name", OURS)
def test_certificate_file(
    tls_server: Server, certificate: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    colour = Colour(name)
    for _ in range(2):
        assert colour.open(post(tls_server.url(host="localhost"))).read_all() == b"12"
    assert tls_server.connections == 1

    received, error = colour.open(post(tls_server.url("/cut", host="localhost"))).read_until_error()
    assert received == b"12"[: len(received)]
    assert isinstance(error, ConnectionLost)

    stream = colour.open(post(tls_server.url("/stall", host="localhost")))
    assert stream.read(soon(30)) == b"1"
    stream.close()
    tls_server.requests[-1].wait_disconnected()
    with pytest.raises(StreamClosed):
        stream.read()
    colour.close()


@pytest.mark.parametrize("name", OURS)
def test_close_wakes_a_reader_behind_tls(
    tls_server: Server, certificate: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    colour = Colour(name)
    stream = colour.open(post(tls_server.url("/stall", host="localhost")))
    assert stream.read() == b"1"
    timer = threading.Timer(0.1, stream.close)
    timer.start()
    with pytest.raises(StreamClosed):
        stream.read(time.monotonic() + 60)
    tls_server.requests[-1].wait_disconnected()
    timer.join()
    colour.close()


@pytest.mark.parametrize("name", OURS)
def test_unknown_certificate(tls_server: Server, name: str) -> None:
    colour = Colour(name)
    with pytest.raises(ConnectFailed, match="certificate"):
        colour.open(post(tls_server.url(host="localhost")))
    colour.close()


@pytest.mark.parametrize("name", OURS)
def test_certificate_of_another_host(
    tls_server: Server, certificate: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    colour = Colour(name)
    with pytest.raises(ConnectFailed, match="not valid for"):
        colour.open(post(tls_server.url()))
    colour.close()


def test_certificates_of_certifi_where_there_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certifi = pytest.importorskip("certifi")
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(empty))
    context = tls_context()
    assert certifi.where()
    assert context.cert_store_stats()["x509_ca"] > 0
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_certificate_file_is_not_added_to(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(certificate))
    assert tls_context().cert_store_stats()["x509_ca"] == 1
