"""Fetching media, from a real server that behaves or does not; synchronously and not."""

from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mirascope.llm import exceptions
from mirascope.llm.content import Audio, Document, Image, TextDocumentSource
from mirascope.llm.content.downloads import MAX_REDIRECTS, download, download_async
from tests.loopback import Reply, Server, refused_port

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 400
SECRET = "token=s3cret"
Fetch = Callable[..., bytes]


def fetch_async(url: str, kind: str, max_size: int) -> bytes:
    return asyncio.run(download_async(url, kind, max_size))


@pytest.fixture(params=[download, fetch_async], ids=["sync", "async"])
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
    running = asyncio.create_task(download_async(url_of(server), "Image", 100))
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
    assert Image.download(server.url("/image")) == Image.from_bytes(PNG)
    assert await Image.download_async(server.url("/image")) == Image.from_bytes(PNG)
    assert Audio.download(server.url("/audio")) == Audio.from_bytes(wav)
    assert await Audio.download_async(server.url("/audio")) == Audio.from_bytes(wav)
    for cls in (Image, Audio):
        url = server.url(f"/{cls.__name__.lower()}")
        with pytest.raises(ValueError, match=f"{cls.__name__} at .* 15 bytes|15 bytes"):
            cls.download(url, max_size=15)
        with pytest.raises(ValueError, match="15 bytes"):
            await cls.download_async(url, max_size=15)


def test_documents_are_downloaded_on_request(server: Server) -> None:
    server.route("/a.txt", Reply(body=b"text", framing="length"))
    server.route("/b", Reply(body=b"%PDF-1.7", framing="length"))
    server.route("/c", Reply(body=b"text", framing="length"))
    assert Document.from_url(server.url("/a.txt?x=y.pdf"), download=True) == Document(
        source=TextDocumentSource(type="text_document_source", data="text", media_type="text/plain")
    )
    pdf = Document.from_url(server.url("/b"), download=True)
    assert pdf == Document.from_bytes(b"%PDF-1.7")
    with pytest.raises(ValueError, match="Unsupported document"):
        Document.from_url(server.url("/c"), download=True)


def test_no_client_is_imported_before_it_is_needed() -> None:
    code = (
        "import sys, mirascope.llm.content\n"
        "assert not {'urllib3', 'aiohttp', 'asyncio', 'ssl'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
