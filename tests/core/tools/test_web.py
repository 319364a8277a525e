"""Tools of the web, on a server of this machine."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

pytest.importorskip("bs4")
pytest.importorskip("ddgs")
pytest.importorskip("httpx")
pytest.importorskip("requests")

import ddgs.engines.duckduckgo

from mirascope.tools import (
    HTTPX,
    AsyncDuckDuckGoSearch,
    AsyncHTTPX,
    ConfigurableTool,
    DuckDuckGoSearch,
    DuckDuckGoSearchConfig,
    HTTPXConfig,
    ParseURLConfig,
    ParseURLContent,
    Requests,
    RequestsConfig,
)

PAGE = """<html><head><title>T</title><style>p {color: red}</style></head><body>
<nav>Home</nav><header>Top</header><main><h1>Tea</h1><p>It is  <b>hot</b>.</p>
<script>alert(1)</script></main><aside>Buy</aside><footer>Bottom</footer></body></html>"""
FOUND = "".join(
    f'<div class="body"><h2>Title {n}</h2><a href="http://example.org/{n}">Body {n}</a></div>'
    for n in range(5)
)


class Handler(BaseHTTPRequestHandler):
    """Answers with what it was asked, or as the path says."""

    silent = threading.Event()

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
        path, _, query = self.path.partition("?")
        if path == "/page":
            self.say(PAGE)
        elif path == "/search":
            self.say(FOUND if "tea" in body else "<p>Nothing</p>")
        elif path == "/moved":
            self.say("moved", 302, location="/page")
        elif path == "/silent":
            self.silent.wait()
        elif path == "/missing":
            self.say("key=hidden", 404)
        else:
            kind = self.headers.get("content-type", "")
            self.say(
                f"{self.command} {query} {body} {kind} {self.headers.get('x-mine', '')}".strip()
            )

    do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_HEAD = answer

    def say(self, text: str, status: int = 200, **headers: str) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.send_header("content-type", "text/html; charset=utf-8")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    Handler.silent.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["HTTPX", "AsyncHTTPX"])
def send(request: pytest.FixtureRequest) -> Any:
    async def send(config: Any = None, **arguments: Any) -> str:
        tool: Any = HTTPX if request.param == "HTTPX" else AsyncHTTPX
        made = (tool.from_config(config) if config else tool)(**arguments)
        return str(made.call() if request.param == "HTTPX" else await made.call())

    return send


async def test_httpx(url: str, send: Any) -> None:
    assert await send(url=f"{url}/echo", params={"a": 1}) == "GET a=1"
    form = await send(url=url, method="POST", data={"a": "b"}, headers={"x-mine": "yes"})
    assert form == "POST  a=b application/x-www-form-urlencoded yes"
    assert await send(url=url, method="PUT", json={"a": 1}) == 'PUT  {"a":1} application/json'
    for method in ("DELETE", "OPTIONS"):
        assert await send(url=url, method=method) == method
    assert await send(url=url, method="HEAD") == ""


async def test_httpx_follows_redirects_unless_told_not_to(url: str, send: Any) -> None:
    assert "Tea" in await send(url=f"{url}/moved")
    assert await send(url=f"{url}/moved", follow_redirects=False) == "moved"


async def test_what_goes_wrong_with_httpx_is_told(url: str, send: Any) -> None:
    missing = await send(url=f"{url}/missing?key=hidden")
    assert missing == "Error: the server answered 404 Not Found."
    gone = await send(url="http://127.0.0.1:9/?key=hidden")
    assert gone == "Error: the request failed, ConnectError."
    assert (await send(url="nowhere")).startswith("Error: ")
    slow = await send(HTTPXConfig(timeout=0.2), url=f"{url}/silent")
    assert slow == "Error: the request failed, ReadTimeout."


def test_what_the_model_is_told_of_httpx() -> None:
    schema = HTTPX.model_json_schema()
    assert set(schema["properties"]) == {
        *("url", "method", "data", "json", "params", "headers", "follow_redirects")
    }
    assert schema["required"] == ["url"]
    assert HTTPX(url="http://a", json_={"a": 1}).json_ == {"a": 1}


def test_requests(url: str) -> None:
    assert Requests(url=f"{url}/echo?a=1").call() == "GET a=1"
    sent = Requests(url=url, method="POST", data={"a": "b"}, headers={"x-mine": "yes"}).call()
    assert sent == "POST  a=b application/x-www-form-urlencoded yes"
    assert Requests(url=f"{url}/missing").call() == "Error: the server answered 404 Not Found."
    gone = Requests(url="http://127.0.0.1:9/?key=hidden").call()
    assert gone == "Error: the request failed, ConnectionError."
    slow = Requests.from_config(RequestsConfig(timeout=0.2))(url=f"{url}/silent")
    assert slow.call() == "Error: the request failed, ReadTimeout."


def test_the_text_of_a_page(url: str) -> None:
    assert ParseURLContent(url=f"{url}/page").call() == "Tea\nIt is\nhot\n."
    other = ParseURLContent.from_config(ParseURLConfig(parser="lxml"))
    assert other(url=f"{url}/page").call() == "Tea\nIt is\nhot\n."
    assert ParseURLContent(url=f"{url}/missing").call().startswith("Error: the server answered 404")
    assert ParseURLContent(url="http://127.0.0.1:9").call().startswith("Error: the request failed")


@pytest.fixture
def search(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn the library's engine to the server of this machine."""
    monkeypatch.setattr(ddgs.engines.duckduckgo.Duckduckgo, "search_url", f"{url}/search")


@pytest.mark.usefixtures("search")
async def test_search() -> None:
    block = "Title: Title 0\nURL: http://example.org/0\nContent: Body 0\n\nTitle: Title 1"
    assert DuckDuckGoSearch(queries=["tea"]).call().startswith(block)
    assert DuckDuckGoSearch(queries=["tea", "green tea"]).call().count("Title: ") == 4
    assert (await AsyncDuckDuckGoSearch(queries=["tea"]).call()).startswith(block)
    more = DuckDuckGoSearch.from_config(DuckDuckGoSearchConfig(max_results_per_query=3))
    assert more(queries=["tea"]).call().count("Title: ") == 3
    assert DuckDuckGoSearch(queries=["tea"]).call().count("Title: ") == 2


@pytest.mark.usefixtures("search")
def test_a_search_that_finds_nothing_says_so() -> None:
    assert DuckDuckGoSearch(queries=["coffee"]).call().startswith("Error: the search failed")
    assert DuckDuckGoSearch(queries=[]).call() == "Nothing was found."


def test_settings_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert HTTPXConfig.from_env().timeout == 5
    monkeypatch.setenv("HTTPX_TIMEOUT", "1.5")
    assert HTTPXConfig.from_env().timeout == 1.5
    monkeypatch.setenv("HTTPX_TIMEOUT", "soon")
    with pytest.raises(ValueError, match="timeout"):
        HTTPXConfig.from_env()


def test_a_configured_tool_is_the_same_tool() -> None:
    tool = HTTPX.from_config(HTTPXConfig(timeout=1))
    assert issubclass(tool, HTTPX)
    assert tool._name() == "HTTPX"
    assert tool._description() == HTTPX._description()
    assert tool.usage_description() == HTTPX.usage_description()
    assert HTTPX.__configurable_tool_config__.timeout == 5
    assert ConfigurableTool.usage_description() == ""


@pytest.mark.parametrize(
    ("library", "use"),
    [
        ("ddgs", "DuckDuckGoSearch(queries=['a'])"),
        ("httpx", "HTTPX(url='http://a')"),
        ("requests", "Requests(url='http://a')"),
        ("bs4", "ParseURLContent(url='http://a')"),
        ("docker", "DockerOperationToolKit().create_tools()[1](command='ls')"),
    ],
)
def test_a_library_that_is_missing_is_missed_when_a_tool_is_called(library: str, use: str) -> None:
    code = (
        f"import sys; sys.modules[{library!r}] = None\n"
        "from mirascope.tools import *\n"
        f"tool = {use}\n"
        "try:\n"
        "    tool.call()\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "pip install '.[tools]'" in done.stdout, done.stderr
