"""The container toolkit, on the real client and a stand-in of Docker's engine.

Docker itself cannot run where the tests do. The stand-in speaks the part of the engine's HTTP API
that the client uses, and runs the commands in processes of this machine.
"""

from __future__ import annotations

import gc
import io
import json
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

pytest.importorskip("docker")

from mirascope.core.base import BaseTool
from mirascope.tools import DockerOperationToolKit, DockerOperationToolKitConfig


class Engine:
    """What the stand-in was asked."""

    def __init__(self) -> None:
        self.containers: dict[str, dict[str, Any]] = {}
        self.removed: list[str] = []
        self.commands: list[list[str]] = []
        self.codes: list[int] = []


def handler(engine: Engine) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def say(self, body: Any, status: int = 200) -> None:
            data = b"" if status == 204 else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def answer(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            body = json.loads(raw) if raw else {}
            path = self.path.partition("?")[0].split("/")[2:]  # behind /v1.xx
            match self.command, path:
                case "GET", _ if self.path.endswith("/version"):
                    self.say({"ApiVersion": "1.44", "MinAPIVersion": "1.24"})
                case "POST", ["containers", "create"]:
                    engine.containers["c1"] = body
                    self.say({"Id": "c1", "Warnings": []}, 201)
                case "POST", ["containers", "c1", "start"]:
                    self.say(None, 204)
                case "GET", ["containers", "c1", "json"]:
                    self.say({"Id": "c1", "Config": {}, "State": {"Status": "running"}})
                case "POST", ["containers", "c1", "exec"]:
                    engine.commands.append(body["Cmd"])
                    self.say({"Id": str(len(engine.commands) - 1)}, 201)
                case "POST", ["exec", number, "start"]:
                    self.run(engine.commands[int(number)])
                case "GET", ["exec", number, "json"]:
                    self.say({"ExitCode": engine.codes[int(number)]})
                case "DELETE", ["containers", "c1"]:
                    engine.removed.append(engine.containers.pop("c1")["Image"])
                    self.say(None, 204)
                case _:
                    self.say({"message": f"no {self.path}"}, 404)

        do_GET = do_POST = do_DELETE = answer

        def run(self, command: list[str]) -> None:
            """Run a command, and send its output as the engine does: in frames, until the end."""
            local = [sys.executable if command[0] == "python" else command[0], *command[1:]]
            if "pip" in command:
                local = [sys.executable, "-c", f"print('installed {command[-1]}')"]
            done = subprocess.run(local, capture_output=True)
            engine.codes.append(done.returncode)
            # The client reads the head through a buffer and then the socket below it: what comes
            # in one piece with the head is lost, so the head fills the buffer.
            head = b"HTTP/1.1 200 OK\r\n"
            while (left := io.DEFAULT_BUFFER_SIZE - len(head) - 2) > 0:
                head += b"x-padding: %s\r\n" % (b"." * (min(left, 4096) - 13))
            self.wfile.write(head + b"\r\n")
            for kind, text in ((1, done.stdout), (2, done.stderr)):
                self.wfile.write(struct.pack(">BxxxL", kind, len(text)) + text)
            self.close_connection = True

    return Handler


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    state = Engine()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(state))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{server.server_address[1]}")
    yield state
    server.shutdown()
    server.server_close()


def tools(toolkit: DockerOperationToolKit) -> dict[str, type[BaseTool]]:
    return {tool._name(): tool for tool in toolkit.create_tools()}


def test_code_and_commands_run_in_one_container(engine: Engine) -> None:
    with DockerOperationToolKit() as toolkit:
        assert engine.containers == {}
        made = tools(toolkit)
        assert made["ExecutePython"](code="print(6 * 7)").call() == "42\n"
        assert made["ExecuteShell"](command="echo tea | tr a-z A-Z").call() == "TEA\n"
        (container,) = engine.containers.values()
        assert container["Image"] == "python:3.13-slim"
        host = container["HostConfig"]
        assert (host["Memory"], host["NetworkMode"]) == (512 * 1024 * 1024, "bridge")
    assert engine.removed == ["python:3.13-slim"]
    assert engine.commands[0] == ["python", "-c", "print(6 * 7)"]


def test_what_fails_is_told(engine: Engine) -> None:
    with DockerOperationToolKit() as toolkit:
        told = tools(toolkit)["ExecutePython"](code="raise SystemExit('no')").call()
        assert told == "Error: exit code 1.\nno\n"
        assert tools(toolkit)["ExecuteShell"](command="exit 3").call() == "Error: exit code 3.\n"


def test_requirements_are_installed_and_are_no_options(engine: Engine) -> None:
    with DockerOperationToolKit() as toolkit:
        run = tools(toolkit)["ExecutePython"](code="print(1)", requirements=["--evil", "httpx"])
        assert run.call() == "1\n"
    assert engine.commands[0][-3:] == ["--", "--evil", "httpx"]


def test_without_a_network(engine: Engine) -> None:
    config = DockerOperationToolKitConfig(docker_image="mine", max_memory="1g", allow_network=False)
    with DockerOperationToolKit(config=config) as toolkit:
        made = tools(toolkit)
        refused = made["ExecutePython"](code="print(1)", requirements=["httpx"]).call()
        assert refused == "Error: nothing can be installed, the container has no network."
        assert made["ExecutePython"](code="print(1)").call() == "1\n"
        host = engine.containers["c1"]["HostConfig"]
        assert (host["Memory"], host["NetworkMode"]) == (1024**3, "none")
    assert engine.removed == ["mine"]


def test_the_end_of_the_toolkit_removes_the_container(engine: Engine) -> None:
    toolkit = DockerOperationToolKit()
    tools(toolkit)["ExecuteShell"](command="true").call()
    assert "c1" in engine.containers
    del toolkit
    gc.collect()
    assert engine.removed == ["python:3.13-slim"]


def test_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
    told = tools(DockerOperationToolKit())["ExecuteShell"](command="ls").call()
    assert told == "Error: Docker failed, DockerException."
