"""The command itself, and ``mirascope simulate``."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from mirascope import __version__
from mirascope.llm.cli.main import main
from tests.llm.cli.test_ask import COMMAND, environment


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"mirascope {__version__}\n"


@pytest.mark.parametrize("command", [[], ["ask"], ["simulate"]])
def test_help_says_everything(
    command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit) as caught:
        main([*command, "--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    words = {
        "": ["ask", "simulate", "--version"],
        "ask": ["--model", "--system", "--schema", "--thoughts", "--no-stream", "--simulate"],
        "simulate": ["--port", "--host", "--script", "--delay"],
    }
    for word in words["".join(command)]:
        assert word in text
    for line in text.splitlines():
        if re.match(r"  --?\w", line):  # an option, with what it does on this line or the next
            assert not line.endswith("]")


@pytest.mark.parametrize(
    "arguments", [[], ["dance"], ["simulate", "--port", "70000"], ["ask", "x", "--nope"]]
)
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: mirascope" in capsys.readouterr().err


# --- simulate


@contextmanager
def simulator(*arguments: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    pytest.importorskip("uvicorn", reason="the extra 'server' is not installed")
    with subprocess.Popen(
        [*COMMAND, "simulate", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
            assert found is not None
            yield int(found[1]), process
        finally:
            process.kill()


def post(port: int, path: str, body: object) -> tuple[int, dict[str, object]]:
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("POST", path, json.dumps(body))
        with connection.getresponse() as response:
            return response.status, json.loads(response.read())


def test_it_serves_on_a_free_port_and_ends_with_ctrl_c() -> None:
    message = {"role": "user", "content": "Hello."}
    with simulator("--port", "0") as (port, process):
        status, body = post(
            port, "/v1/messages", {"model": "m", "max_tokens": 99, "messages": [message]}
        )
        assert status == 200
        assert "“Hello.”" in body["content"][0]["text"]  # type: ignore[index]
        if os.name == "posix":
            process.send_signal(signal.SIGINT)
            assert process.stdout is not None
            assert process.stderr is not None
            assert f"OPENAI_BASE_URL=http://127.0.0.1:{port}/v1" in process.stdout.read()
            assert process.stderr.read() == "POST /v1/messages 200\n"
            assert process.wait() == 0


def test_it_plays_a_script(tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps(["One.", {"fault": {"status": 429}}]))
    body = {"model": "m", "input": "x"}
    with simulator("--script", str(script)) as (port, _):
        answers = [post(port, "/v1/responses", body) for _ in range(3)]
    assert [status for status, _ in answers] == [200, 429, 400]
    assert "One." in json.dumps(answers[0][1])
    assert "script" in json.dumps(answers[2][1])


def test_a_wrong_script(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("uvicorn", reason="the extra 'server' is not installed")
    assert main(["simulate", "--script", str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("uvicorn", reason="the extra 'server' is not installed")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["simulate", "--port", str(port)]) == 1
    assert f"cannot listen on 127.0.0.1:{port}" in capsys.readouterr().err


def without(*modules: str) -> list[str]:
    """Return a command that runs ours as if `modules` were not installed."""
    missing = "".join(f"sys.modules[{module!r}] = None; " for module in modules)
    code = f"import sys; {missing}from mirascope.llm.cli.main import main; sys.exit(main())"
    return [sys.executable, "-c", code]


def test_the_missing_extra_is_named() -> None:
    done = subprocess.run(
        [*without("uvicorn", "starlette"), "simulate"],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert done.returncode == 2
    assert "in a checkout of this project, pip install '.[server]'" in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_asking_needs_no_extra() -> None:
    done = subprocess.run(
        [*without("rich", "uvicorn", "starlette"), "ask", "Hello.", "--simulate"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        env={**environment(), "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout.startswith("You said “Hello.”.")
