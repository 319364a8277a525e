"""Fetching media, from a real server that behaves or does not; synchronously and not."""

from __future__ import annotations

import asyncio
import gzip
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mirascope.llm import exceptions
from mirascope.llm.content import Audio, Document, Image, TextDocumentSource, Video
from mirascope.llm.content.downloads import MAX_REDIRECTS, download, download_async
from tests.loopback import Reply, Server, refused_port

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400
SECRET = "token=s3cret"
Fetch = Callable[..., bytes]


def fetch_sync(url: str, kind: str, max_size: int, **more: Any) -> bytes:
    return download(url, kind, max_size, **{"allow_private": True, **more})


def fetch_async(url: str, kind: str, max_size: int, **more: Any) -> bytes:
    more = {"allow_private": True, **more}
    return asyncio.run(download_async(url, kind, max_size, **more))


@pytest.fixture(params=[fetch_sync, fetch_async], ids=["sync", "async"])
def fetch(request: pytest.FixtureRequest) -> Fetch:
    chosen: Fetch = request.param
    return chosen


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def url_of(server: Server, path: str = "/file") -> str:
    """Return an address with secrets in it."""
    return server.url(f"{path}?{SECRET}#fragment").replace("://", "://user:p4ss@")


def fails(fetch: Fetch, url: str) -> exceptions.ConnectionError:
    with pytest.raises(exceptions.ConnectionError) as caught:
        fetch(url, "Image", 1000)
    error = caught.value
    assert error.provider == "download"
    shown = [str(error), repr(error), *(str(a) for a in error.args)]
    assert not any(word in text for text in shown for word in ("s3cret", "p4ss", "fragment"))
    assert error.__cause__ is error.__context__ is error.original_exception is None
    return error


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_the_bytes_arrive(fetch: Fetch, server: Server, framing: Any) -> None:
    server.route("/file", Reply(body=[PNG[:7], PNG[7:]], framing=framing))
    assert fetch(url_of(server), "Image", len(PNG)) == PNG
    assert server.requests[0].method == "GET"
    assert server.requests[0].query == SECRET


def test_nothing_is_fetched_compressed(fetch: Fetch, server: Server) -> None:
    server.route("/file", Reply(body=PNG, framing="length"))
    fetch(url_of(server), "Image", len(PNG))
    assert server.requests[0].headers["accept-encoding"] == "identity"


def test_an_empty_body(fetch: Fetch, server: Server) -> None:
    server.route("/file", Reply(body=b"", framing="length"))
    assert fetch(url_of(server), "Image", 0) == b""


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(fetch: Fetch, server: Server, status: int) -> None:
    moved = Reply(status=status, headers={"location": "/there"}, framing="length")
    server.route("/file", moved)
    server.route("/there", Reply(body=PNG, framing="length"))
    assert fetch(url_of(server), "Image", len(PNG)) == PNG


def test_redirects_to_another_host_are_followed(fetch: Fetch, server: Server) -> None:
    with Server() as other:
        other.route("/there", Reply(body=PNG, framing="length"))
        moved = {"location": other.url("/there")}
        server.route("/file", Reply(status=302, headers=moved, framing="length"))
        assert fetch(url_of(server), "Image", len(PNG)) == PNG
        assert "authorization" not in other.requests[0].headers


def test_redirects_end(fetch: Fetch, server: Server) -> None:
    again = Reply(status=302, headers={"location": f"/file?{SECRET}"}, framing="length")
    server.route("/file", again)
    fails(fetch, url_of(server))
    assert len(server.requests) <= MAX_REDIRECTS + 1


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_redirects_stay_on_the_web(fetch: Fetch, server: Server, location: str) -> None:
    server.route("/file", Reply(status=302, headers={"location": location}, framing="length"))
    fails(fetch, url_of(server))


@pytest.mark.parametrize("status", [300, 400, 401, 404, 429, 500, 503])
def test_an_error_status(fetch: Fetch, server: Server, status: int) -> None:
    headers = {"retry-after": "1000"}
    server.route("/file", Reply(status=status, headers=headers, body=PNG, framing="close"))
    error = fails(fetch, url_of(server))
    assert f"status {status}" in str(error)
    assert server.url("/file") in str(error)
    assert len(server.requests) == 1


def too_large(fetch: Fetch, url: str, max_size: int) -> None:
    with pytest.raises(ValueError, match=rf"Image at http://127.* \({max_size} bytes\)") as caught:
        fetch(url, "Image", max_size)
    assert "s3cret" not in str(caught.value)


def test_an_announced_size_over_the_limit(fetch: Fetch, server: Server) -> None:
    server.route("/file", Reply(body=b"x" * 101, framing="length", wrong_length=10**12))
    too_large(fetch, url_of(server), 100)


@pytest.mark.parametrize("framing", ["chunked", "close"])
def test_a_size_over_the_limit_that_was_not_announced(
    fetch: Fetch, server: Server, framing: Any
) -> None:
    server.route("/file", Reply(body=b"x" * 101, framing=framing))
    too_large(fetch, url_of(server), 100)
    assert fetch(url_of(server), "Image", 101) == b"x" * 101


def test_a_body_without_end_is_left(fetch: Fetch, server: Server) -> None:
    server.route("/file", Reply(forever=b"x" * 4096, every=0))
    too_large(fetch, url_of(server), 100_000)
    server.requests[0].wait_disconnected()


def test_a_small_body_that_becomes_large(fetch: Fetch, server: Server) -> None:
    """Compressed although it was not asked for."""
    body = gzip.compress(b"\0" * 1_000_000)
    headers = {"content-encoding": "gzip"}
    server.route("/file", Reply(headers=headers, body=body, framing="length"))
    too_large(fetch, url_of(server), 10_000)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"x" * 50, framing="length", wrong_length=50),
        Reply(body=[b"x" * 50, b"y" * 50], cut_after=80),
        Reply(body=[b"x" * 50, b"y" * 50], cut_after=80, reset=True),
        Reply(headers={"content-encoding": "gzip"}, body=b"not gzip", framing="length"),
        lambda exchange: exchange.write(b"nonsense\r\n\r\n"),
        lambda exchange: None,
    ],
    ids=["short", "cut", "reset", "encoding", "no http", "no answer"],
)
def test_a_connection_that_breaks(fetch: Fetch, server: Server, reply: Any) -> None:
    server.route("/file", reply)
    fails(fetch, url_of(server))


def test_nobody_there(fetch: Fetch) -> None:
    error = fails(fetch, f"http://127.0.0.1:{refused_port()}/file?{SECRET}")
    assert "refused" in str(error).lower()


def test_a_name_that_does_not_resolve(fetch: Fetch) -> None:
    fails(fetch, f"http://no-such-host.invalid/file?{SECRET}")


@pytest.mark.parametrize(
    "url", ["", "file", "file:///etc/passwd", "ftp://x/y", "data:,x", "http://", "//x/y", "http:x"]
)
def test_other_addresses_are_refused(fetch: Fetch, url: str) -> None:
    with pytest.raises(ValueError, match="http or https"):
        fetch(url, "Image", 100)


@pytest.mark.parametrize("url", ["http://x:port/y", "http://[::1/y", "http://x:99999/y"])
def test_malformed_addresses_are_refused(fetch: Fetch, url: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        fetch(f"{url}?{SECRET}", "Image", 100)
    assert "s3cret" not in str(caught.value)


def test_the_connection_is_closed_afterwards(fetch: Fetch, server: Server) -> None:
    server.route("/file", Reply(body=PNG, framing="length"))
    fetch(url_of(server), "Image", len(PNG))
    server.requests[0].wait_disconnected()


async def test_a_cancelled_download_closes_the_connection(server: Server) -> None:
    server.route("/file", Reply(body=[b"x"], stall="after first"))
    running = asyncio.create_task(download_async(url_of(server), "Image", 100, allow_private=True))
    await asyncio.to_thread(server.wait_requests, 1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.to_thread(server.requests[0].wait_disconnected)


# --- through the parts --------------------------------------------------------------------------


async def test_parts_are_downloaded(server: Server) -> None:
    wav = b"RIFF....WAVE...."
    server.route("/image", Reply(body=PNG, framing="length"))
    server.route("/audio", Reply(body=wav, framing="length"))
    assert Image.download(server.url("/image"), allow_private=True) == Image.from_bytes(PNG)
    assert await Image.download_async(server.url("/image"), allow_private=True) == Image.from_bytes(
        PNG
    )
    assert Audio.download(server.url("/audio"), allow_private=True) == Audio.from_bytes(wav)
    assert await Audio.download_async(server.url("/audio"), allow_private=True) == Audio.from_bytes(
        wav
    )
    film = b"\0\0\0\x18ftypisom...."
    server.route("/video", Reply(body=film, framing="length"))
    assert Video.download(server.url("/video"), allow_private=True) == Video.from_bytes(film)
    assert await Video.download_async(server.url("/video"), allow_private=True) == Video.from_bytes(
        film
    )
    for cls in (Image, Audio, Video):
        url = server.url(f"/{cls.__name__.lower()}")
        with pytest.raises(ValueError, match=f"{cls.__name__} at .* 15 bytes|15 bytes"):
            cls.download(url, max_size=15, allow_private=True)
        with pytest.raises(ValueError, match="15 bytes"):
            await cls.download_async(url, max_size=15, allow_private=True)


def test_documents_are_downloaded_on_request(server: Server) -> None:
    server.route("/a.txt", Reply(body=b"text", framing="length"))
    server.route("/b", Reply(body=b"%PDF-1.7", framing="length"))
    server.route("/c", Reply(body=b"text", framing="length"))
    assert Document.from_url(
        server.url("/a.txt?x=y.pdf"), download=True, allow_private=True
    ) == Document(
        source=TextDocumentSource(type="text_document_source", data="text", media_type="text/plain")
    )
    pdf = Document.from_url(server.url("/b"), download=True, allow_private=True)
    assert pdf == Document.from_bytes(b"%PDF-1.7")
    with pytest.raises(ValueError, match="Unsupported document"):
        Document.from_url(server.url("/c"), download=True, allow_private=True)


def test_no_client_is_imported_before_it_is_needed() -> None:
    code = (
        "import sys, mirascope.llm.content\n"
        "assert not {'urllib3', 'aiohttp', 'asyncio', 'ssl'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- where to look ------------------------------------------------------------------------------


def refused(fetch: Fetch, url: str, **more: Any) -> str:
    with pytest.raises(ValueError, match=r"pass allow_private=True") as caught:
        fetch(url, "Image", 1000, allow_private=False, **more)
    error = caught.value
    shown = [str(error), repr(error)]
    assert not any(word in text for text in shown for word in ("s3cret", "p4ss", "fragment"))
    assert error.__cause__ is error.__context__ is None
    return str(error)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "0.0.0.0", "[::1]"]
    + ["[::ffff:127.0.0.1]", "[::]", "[::ffff:7f00:1]", "10.1.2.3", "169.254.169.254"],
)
def test_this_machine_and_its_network_are_refused(fetch: Fetch, server: Server, host: str) -> None:
    server.route("/file", Reply(body=PNG, framing="length"))
    url = url_of(server).replace("127.0.0.1", host)
    try:
        said = refused(fetch, url)
    except exceptions.ConnectionError:
        assert fetch is fetch_async  # aiohttp takes no numbers in old forms
        assert host in ("127.1", "0x7f000001", "2130706433")
    else:
        assert f"http://{host}" in said
        assert "/file" in said
    assert server.connections == 0


def test_a_name_of_a_private_address_is_refused(
    fetch: Fetch, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names({"files.example": ["127.0.0.1"]}, monkeypatch)
    url = url_of(server).replace("127.0.0.1", "files.example")
    assert "http://files.example" in refused(fetch, url)
    assert server.connections == 0
    assert names.asked == ["files.example"]
    server.route("/file", Reply(body=PNG, framing="length"))
    assert fetch(url, "Image", len(PNG)) == PNG


class Names:
    """Looks up names, each time the next address, the last one for ever."""

    def __init__(self, names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        real = socket.getaddrinfo

        def look_up(host: Any, *args: Any, **options: Any) -> Any:
            addresses = names.get(host)
            numeric = options.get("flags", 0) & socket.AI_NUMERICHOST
            if addresses is None or numeric:
                return real(host, *args, **options)
            self.asked.append(host)
            address = addresses.pop(0) if len(addresses) > 1 else addresses[0]
            return real(address, *args, **options)

        monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.fixture
def proxy(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Have `server` stand for the web: what is asked by name goes there."""
    monkeypatch.setenv("http_proxy", server.url("").rstrip("/"))
    monkeypatch.delenv("HTTP_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    return server


def test_a_proxy_looks_up_names(fetch: Fetch, proxy: Server) -> None:
    proxy.route("*", Reply(body=PNG, framing="length"))
    assert fetch("http://files.example/x", "Image", len(PNG), allow_private=False) == PNG
    assert proxy.requests[0].target == "http://files.example/x"


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "[::1]", "localhost", "a.localhost."])
def test_what_a_proxy_is_not_asked_for(fetch: Fetch, proxy: Server, host: str) -> None:
    refused(fetch, f"http://{host}/file?{SECRET}")
    assert proxy.connections == 0


@pytest.mark.parametrize("direct", [False, True])
def test_a_redirect_into_the_network_is_refused(
    fetch: Fetch, proxy: Server, monkeypatch: pytest.MonkeyPatch, direct: bool
) -> None:
    """Both through the proxy, and past it."""
    if direct:
        monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server() as inside:
        moved = {"location": inside.url(f"/latest?{SECRET}")}
        proxy.route("*", Reply(status=302, headers=moved, framing="length"))
        said = refused(fetch, f"http://files.example/x?{SECRET}")
        assert "http://files.example/x, redirected to " + inside.url("/latest") in said
        assert len(proxy.requests) == 1
        assert inside.connections == 0


# --- how long -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [
        Reply(stall="before headers"),
        Reply(body=[b"x"], stall="after headers"),
        Reply(body=[b"x"], stall="after first"),
        Reply(forever=b"x", every=0.01),
        Reply(status=302, headers={"location": "/file"}, delay=0.1, framing="length"),
        lambda exchange: [exchange.write(b"HTTP/1.1 200 OK\r\n"), *dribble(exchange)],
    ],
    ids=["head", "body", "rest", "drops", "redirects", "drops of head"],
)
def test_all_of_it_is_bounded(fetch: Fetch, server: Server, reply: Any) -> None:
    server.route("/file", reply)
    with pytest.raises(exceptions.TimeoutError, match=r"within 0.3 seconds; pass timeout=") as late:
        fetch(url_of(server), "Image", 10**6, timeout=0.3)
    assert late.value.phase == "total"
    assert late.value.provider == "download"
    assert late.value.__cause__ is late.value.__context__ is None
    assert "s3cret" not in str(late.value)
    server.requests[-1].wait_disconnected()


def dribble(exchange: Any) -> Iterator[None]:
    while True:
        yield exchange.write(b"x-more: 1\r\n")
        yield exchange.sleep(0.01)


@pytest.mark.parametrize("timeout", ["5", True, 0, -1, float("nan")])
def test_limits_that_are_none(fetch: Fetch, timeout: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="seconds"):
        fetch("http://files.example/x", "Image", 100, timeout=timeout)


# --- addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "location", ["/da ta/\u00e9t\u00e9?q=a b#top", "/da%20ta/%C3%A9t%C3%A9?q=a%20b"]
)
@pytest.mark.parametrize("how", ["asked", "redirected"])
def test_addresses_in_any_script(fetch: Fetch, server: Server, location: str, how: str) -> None:
    server.route("/da%20ta/%C3%A9t%C3%A9", Reply(body=PNG, framing="length"))
    server.route("/file", lambda exchange: move(exchange, location))
    url = server.url("/file") if how == "redirected" else server.url("").rstrip("/") + location
    assert fetch(url, "Image", len(PNG)) == PNG
    assert server.requests[-1].target == "/da%20ta/%C3%A9t%C3%A9?q=a%20b"


def move(exchange: Any, location: str) -> None:
    head = f"HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"
    exchange.write(head.encode())
