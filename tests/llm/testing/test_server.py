"""The simulator over HTTP, on this machine."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from mirascope.llm.testing import Cut, Simulator, Stall, Status, StreamError, Turn
from tests.llm.testing.clients import CLIENTS, Client, Question, content

uvicorn = pytest.importorskip("uvicorn", reason="the extra 'server' is not installed")
pytest.importorskip("starlette", reason="the extra 'server' is not installed")

CHAT = CLIENTS[0]


@contextmanager
def serving(simulator: Simulator, log: list[str] | None = None) -> Iterator[int]:
    from mirascope.llm.testing.server import application

    lines = [] if log is None else log
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application(simulator, lines.append), log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        thread.join()
        listener.close()


@contextmanager
def send(port: int, client: Client, question: Question) -> Iterator[http.client.HTTPResponse]:
    path = client.url(question).removeprefix("https://").partition("/")[2]
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("POST", f"/{path}", json.dumps(client.body(question)))
        with connection.getresponse() as response:
            yield response


def test_it_answers_as_in_memory(client: Client, stream: bool) -> None:
    question = Question(text="Grüße?", thinking=True, stream=stream)
    expected = client.send(Simulator(), question)
    log: list[str] = []
    with serving(Simulator(), log) as port, send(port, client, question) as response:
        assert response.status == expected.status
        assert response.read() == content(expected)
        for name, value in expected.headers.items():
            assert response.headers[name] == value
    path = client.url(question).removeprefix("https://").partition("/")[2].partition("?")[0]
    assert log == [f"POST /{path} 200"]


def test_a_status(client: Client) -> None:
    script = [Turn(fault=Status(429, retry_after=2))]
    with serving(Simulator(script)) as port, send(port, client, Question()) as response:
        assert response.status == 429
        assert response.headers["retry-after"] == "2"
        assert client.error(json.loads(response.read()))


def test_a_cut_breaks_the_connection(client: Client, stream: bool) -> None:
    script = [Turn(text="A text.", fault=Cut(after_bytes=20))]
    question = Question(stream=stream)
    with serving(Simulator(script)) as port, send(port, client, question) as response:
        with pytest.raises(http.client.IncompleteRead) as caught:
            response.read()
        assert len(caught.value.partial) == 20


def test_a_clean_cut_does_not(client: Client) -> None:
    script = [Turn(text="A text.", fault=Cut(after_bytes=20, clean=True))]
    with serving(Simulator(script)) as port, send(port, client, Question()) as response:
        assert len(response.read()) == 20


def test_an_error_inside_a_stream() -> None:
    script = [Turn(text="A text.", fault=StreamError("teapot"))]
    with serving(Simulator(script)) as port, send(port, CHAT, Question(stream=True)) as response:
        assert response.status == 200
        assert b"teapot" in response.read()


def test_a_stall_ends_when_the_client_leaves() -> None:
    script = [Turn(text="A text.", fault=Stall(after_bytes=20)), Turn(fault=Stall()), "next"]
    simulator = Simulator(script)
    with serving(simulator) as port:
        with send(port, CHAT, Question(stream=True)) as response:
            assert len(response.read(20)) == 20
        with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            connection.request("POST", "/v1/chat/completions", json.dumps(CHAT.body(Question())))
        while len(simulator.requests) < 2:
            time.sleep(0.01)
        with send(port, CHAT, Question()) as response:
            assert json.loads(response.read())["choices"]


def test_deltas_arrive_one_by_one() -> None:
    simulator = Simulator(["one two three"], delay=0.01)
    with serving(simulator) as port, send(port, CHAT, Question(stream=True)) as response:
        pieces = []
        while piece := response.read1():
            pieces.append(piece)
    assert len(pieces) >= 3


def test_the_end_of_the_script_is_told() -> None:
    with serving(Simulator([])) as port, send(port, CHAT, Question()) as response:
        assert response.status == 400
        assert "script" in json.loads(response.read())["error"]["message"]


def test_other_addresses() -> None:
    with (
        serving(Simulator()) as port,
        closing(http.client.HTTPConnection("127.0.0.1", port)) as connection,
    ):
        for path, status in (("/", 200), ("/v1/models", 404)):
            connection.request("GET", path)
            with connection.getresponse() as response:
                assert response.status == status
                response.read()
