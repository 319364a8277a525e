"""Servers over HTTP that repeat what they were told, point elsewhere, or talk nonsense."""

from __future__ import annotations

import base64
import json
import traceback
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest

pytest.importorskip("mcp_types")  # mcp 2 has it, mcp 1 had not

from mcp import MCPError

from mirascope import llm
from mirascope.llm import mcp
from tests.loopback import Exchange, Reply, Server

KEY = "k3y-S3cretValue/0123456789"
HEADERS = {"x-api-key": KEY, "authorization": f"Bearer {KEY}"}
FORMS = {"plain": KEY, "base64": base64.b64encode(KEY.encode()).decode()}
TOOLS = [{"name": "look", "inputSchema": {"type": "object"}}]
INITIALIZED: dict[str, Any] = {
    "protocolVersion": "2025-06-18",
    "capabilities": {"tools": {}},
    "serverInfo": {"name": "echo", "version": "1"},
}
Says: TypeAlias = Callable[[dict[str, Any]], Any]


def said(exchange: Exchange, body: bytes, status: int = 200) -> None:
    length = str(len(body))
    exchange.head(status, {"content-type": "application/json", "content-length": length})
    exchange.write(body)
    exchange.keep_alive = True


def speaking(**methods: Says) -> Callable[[Exchange], None]:
    """Return a server that answers the methods so, by their last words; others as they should."""

    def route(exchange: Exchange) -> None:
        if not exchange.request.body:
            return said(exchange, b"", 405)
        asked = json.loads(exchange.request.body)
        if "id" not in asked:
            return said(exchange, b"", 202)
        usual: dict[str, Says] = {
            "initialize": lambda asked: {"result": INITIALIZED},
            "list": lambda asked: {"result": {"tools": TOOLS}},
            "call": lambda asked: {"result": {"content": []}},
        }
        name = asked["method"].rpartition("/")[2]
        answer = (usual | methods).get(name, lambda asked: {"error": {"code": 1, "message": "?"}})(
            asked
        )
        if isinstance(answer, bytes):
            return said(exchange, answer)
        return said(exchange, json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}).encode())

    return route


async def failure(url: str) -> Exception:
    """Connect and call a tool; return what goes wrong."""
    try:
        async with mcp.streamable_http_client(url, headers=HEADERS) as client:
            await client.list_tools()
            await client.call_tool("look")
    except (llm.Error, MCPError) as error:
        return error
    raise AssertionError("nothing went wrong")


def texts(error: BaseException) -> Iterator[str]:
    """Yield everything that an error can be asked for."""
    seen: list[BaseException | None] = [None]
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one in seen or one is None:
            continue
        seen.append(one)
        yield f"{one}\n{one!r}\n{vars(one)}"
        yield "".join(traceback.format_exception(one))
        waiting += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("where", ["initialize", "list", "call"])
@pytest.mark.parametrize("how", ["error", "no json", "no message", "no result"])
async def test_a_server_that_repeats_a_key(form: str, where: str, how: str) -> None:
    secret = FORMS[form]
    answers: dict[str, Says] = {
        "error": lambda asked: {
            "error": {"code": -32000, "message": f"No: {secret}", "data": {"key": secret}}
        },
        "no json": lambda asked: f"No: {secret}".encode(),
        "no message": lambda asked: json.dumps({"error": secret}).encode(),
        "no result": lambda asked: {"result": {"content": secret, "tools": secret}},
    }
    with Server() as server:
        server.route("*", speaking(**{where: answers[how]}))
        error = await failure(server.url(f"/mcp?key={KEY}"))
    for text in texts(error):
        assert secret not in text
    if how == "error" and where != "initialize":
        assert isinstance(error, MCPError)
        assert error.error.message == "No: ***"
        assert error.error.data is None


async def test_what_a_server_says_of_itself_is_kept() -> None:
    """Also under a number that the session uses for a closed connection."""
    refused = {"error": {"code": -32000, "message": "Busy", "data": {"in": 5}}}
    with Server() as server:
        server.route("*", speaking(call=lambda asked: refused))
        error = await failure(server.url("/mcp"))
        assert isinstance(error, MCPError)
        assert (error.code, error.message, error.data) == (-32000, "Busy", {"in": 5})
        server.route("*", speaking(initialize=lambda asked: refused))
        error = await failure(server.url("/mcp"))
        assert isinstance(error, llm.ConnectionError)
        assert str(error).endswith(": MCPError: Busy.")


@pytest.mark.parametrize(
    "body",
    [
        b"<html>No</html>",
        b"null",
        b"[" * 5000 + b"]" * 5000,
        b'{"jsonrpc":"2.0","id":1,"result":[]}',
        b'{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"\\ud800"}]}}',
    ],
    ids=range(5),
)
@pytest.mark.parametrize("where", ["initialize", "list", "call"])
async def test_what_is_no_message(body: bytes, where: str) -> None:
    garbage: Says = lambda asked: body  # noqa: E731  # where a function of its own says less
    with Server() as server:
        server.route("*", speaking(**{where: garbage}))
        error = await failure(server.url("/mcp"))
    assert isinstance(error, llm.ConnectionError if where == "initialize" else llm.ProviderError)
    assert "answer" in str(error)
    assert "does not have" in str(error)
    assert "validation error" not in str(error)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("connect", [mcp.streamable_http_client, mcp.sse_client])
async def test_a_redirect_carries_nothing_elsewhere(connect: Any, status: int) -> None:
    with Server() as other, Server() as server:
        other.route("*", Reply(status=500))
        elsewhere = other.url("/mcp", host="localhost")
        server.route("*", Reply(status=status, headers={"location": elsewhere}))
        with pytest.raises(llm.ConnectionError, match="Cannot connect"):
            async with connect(server.url("/mcp"), headers=HEADERS):
                pass
        assert other.requests == []


@pytest.mark.parametrize("named", ["nothing", "elsewhere"])
async def test_a_server_of_events_that_names_no_address_of_its_own(named: str) -> None:
    """The `mcp` package waits for one without end."""
    with Server() as other, Server() as server:

        def events(exchange: Exchange) -> None:
            exchange.head(200, {"content-type": "text/event-stream"})
            if named == "elsewhere":
                url = other.url("/messages", host="localhost")
                exchange.write(f"event: endpoint\ndata: {url}\n\n".encode())
            exchange.stall()

        server.route("*", events)
        with pytest.raises(llm.ConnectionError, match=r"named no address for messages in 0\.2 s"):
            async with mcp.sse_client(server.url("/sse"), headers=HEADERS, timeout=0.2):
                pass
        assert other.requests == []
