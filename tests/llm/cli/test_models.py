"""``mirascope models``: what it writes where, how wide, and how it ends."""

from __future__ import annotations

import io
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from fcntl import ioctl
from typing import Any
from unittest import mock

import pytest

from mirascope.llm.cli.main import main
from mirascope.llm.models import known
from tests.llm.cli.test_ask import COMMAND, environment
from tests.loopback import Reply, Server

KEY = "sk-s3cret-of-the-vendor"
WIDTHS = {40: 2, 80: 3, 120: 4}


def models(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command in this process, which is faster than in one of its own."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, environment(**more), clear=True),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = main(["models", *arguments])
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


def said(value: object) -> Reply:
    return Reply(body=json.dumps(value).encode())


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


# --- vendors


def test_every_vendor_and_whether_its_key_is_set() -> None:
    done = models(GROQ_API_KEY=KEY, DEEPINFRA_TOKEN=KEY)
    assert done.returncode == 0
    assert KEY not in done.stdout + done.stderr
    head, *lines = done.stdout.splitlines()
    assert head.split() == ["PREFIX", "KEY", "VARIABLE", "VENDOR"]
    assert len(lines) == len(known())
    shown = {line.split()[0]: line for line in lines}
    assert shown["groq/"].split() == ["groq/", "set", "GROQ_API_KEY", "Groq"]
    assert " set " in shown["deepinfra/"]
    assert " missing " in shown["openai/"]
    assert " not needed " in shown["vllm/"]
    assert done.stderr == f"2 of {len(lines)} vendors have a key.\n"


def test_as_json() -> None:
    done = models("--json", CEREBRAS_API_KEY=KEY)
    assert KEY not in done.stdout
    shown: dict[str, Any] = {one["id"]: one for one in json.loads(done.stdout)}
    assert shown.keys() == {one.id for one in known()}
    assert shown["cerebras"] == {
        "id": "cerebras",
        "name": "Cerebras",
        "scope": "cerebras/",
        "example": "cerebras/gpt-oss-120b",
        "wire": "openai-chat",
        "base_url": "https://api.cerebras.ai/v1",
        "base_url_env": ["CEREBRAS_BASE_URL"],
        "key_env": ["CEREBRAS_API_KEY"],
        "key_required": True,
        "has_key": True,
        "lists_models": True,
        "capabilities": {"json_schema": True, "json_object": True, "efforts": []},
    }
    assert shown["huggingface"]["capabilities"] == {}
    assert done.stderr == ""


@pytest.mark.parametrize(("width", "columns"), WIDTHS.items())
def test_as_many_columns_as_fit(width: int, columns: int) -> None:
    lines = models(COLUMNS=str(width)).stdout.splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines[0].split()) == columns
    assert len(lines) == len(known()) + 1


def on_a_terminal(width: int, *arguments: str, **more: str) -> str:
    """Return what the command writes to a terminal."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    with os.fdopen(ours, "rb", buffering=0) as screen:
        running = subprocess.Popen(
            [*COMMAND, "models", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            env=environment(TERM="xterm", **more),
        )
        os.close(theirs)
        pieces: list[bytes] = []
        try:
            while piece := screen.read(65536):
                pieces.append(piece)
        except OSError:  # the other end is closed
            pass
        assert running.wait() == 0
    return b"".join(pieces).decode().replace("\r\n", "\n")


@pytest.mark.parametrize(("width", "columns"), WIDTHS.items())
@pytest.mark.parametrize("plain", [True, False])
def test_on_a_terminal(width: int, columns: int, plain: bool) -> None:
    text = on_a_terminal(width, **({"NO_COLOR": "1"} if plain else {}))
    *lines, note = text.splitlines()
    assert len(lines[0].split()) == columns
    assert max(map(len, lines)) <= width
    assert "\x1b" not in "".join(lines)
    if plain:
        assert "\x1b" not in note


# --- models


def test_the_models_of_a_vendor(server: Server) -> None:
    listed = [{"id": "openai/gpt-oss-120b", "context_window": 131072}, {"id": "whisper"}]
    server.route("/v1/models", said({"data": listed}))
    where = {"GROQ_BASE_URL": server.url("/v1"), "GROQ_API_KEY": KEY}
    done = models("--remote", "groq", **where)
    assert done.returncode == 0
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["MODEL", "CONTEXT"],
        ["groq/openai/gpt-oss-120b", "131072"],
        ["groq/whisper"],
    ]
    assert done.stderr == "2 models.\n"
    assert json.loads(models("--remote", "groq", "--json", **where).stdout) == [
        {"id": "groq/openai/gpt-oss-120b", "context_tokens": 131072},
        {"id": "groq/whisper", "context_tokens": None},
    ]
    narrow = models("--remote", "groq", COLUMNS="20", **where).stdout.splitlines()
    assert narrow == ["MODEL", "groq/openai/gpt-oss-120b", "groq/whisper"]


def test_names_cannot_command_a_terminal(server: Server) -> None:
    server.route("*", said({"data": [{"id": "a\x1b[2J\x9b31m\x7f\u202eb\nc"}]}))
    for how in ([], ["--json"]):
        done = models("--remote", "vllm", *how, VLLM_BASE_URL=server.url("/v1"))
        assert done.returncode == 0
        assert "a\ufffd[2J\ufffd31m\ufffd\ufffdb\ufffdc" in done.stdout


def test_every_vendor_whose_key_is_set(server: Server) -> None:
    server.route("/groq/models", said({"data": [{"id": "a"}]}))
    server.route("/xai/models", Reply(status=401, body=b'{"error": "bad key %s"}' % KEY.encode()))
    server.route("/zai/models", said({"data": [{"id": "b"}]}))
    where = {f"{id.upper()}_BASE_URL": server.url(f"/{id}") for id in ("groq", "xai", "zai")}
    keys = {f"{id.upper()}_API_KEY": KEY for id in ("groq", "xai", "zai", "perplexity")}
    done = models("--remote", **where, **keys)
    assert done.returncode == 1
    assert done.stdout.split() == ["MODEL", "CONTEXT", "groq/a", "zai/b"]
    first, last = done.stderr.splitlines()
    assert first.startswith("mirascope: AuthenticationError: xai: 401: bad key")
    assert last == "2 models."
    assert KEY not in done.stderr
    assert [request.path for request in server.requests] == [
        *("/xai/models", "/groq/models", "/zai/models")
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "what"),
    [
        (["--remote"], 2, "no key of a vendor is in the environment"),
        (["--remote", "groq"], 2, "GROQ_API_KEY"),
        (["--remote", "grok"], 2, "Did you mean 'groq/"),
        (["--remote", "perplexity"], 2, "not known to have a list"),
        (["--remote", "workers-ai"], 2, "CLOUDFLARE_API_TOKEN"),
        (["--remote", "vllm"], 1, "ConnectionError: vllm: "),
    ],
)
def test_what_cannot_be_listed(arguments: list[str], code: int, what: str) -> None:
    done = models(*arguments, VLLM_BASE_URL="http://127.0.0.1:1/v1")
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("mirascope: ")
    assert what in done.stderr
    assert done.stderr.count("\n") == 1


def test_json_is_json_also_where_nobody_answers() -> None:
    done = models("--remote", "vllm", "--json", VLLM_BASE_URL="http://127.0.0.1:1/v1")
    assert (done.returncode, json.loads(done.stdout)) == (1, [])


def test_a_reader_that_leaves() -> None:
    script = f"{sys.executable} -m mirascope.llm.cli models; echo ended $? >&2"
    done = subprocess.run(
        ["bash", "-c", f"({script}) | true"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert "ended 141" in done.stderr or "ended 0" in done.stderr
