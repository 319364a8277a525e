"""``mirascope doctor`` and ``mirascope completion``."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from mirascope import __version__
from mirascope.llm.testing import Simulator, Status, Turn
from tests.llm.cli.test_ask import environment, server
from tests.llm.cli.test_standard_streams import run

KEY = "sk-very-s3cret-key"


def test_what_is_set_and_nothing_secret() -> None:
    done = run(
        "doctor",
        env={
            "GROQ_API_KEY": KEY,
            "OPENAI_BASE_URL": "http://ada:s3cret@localhost:8080/v1?key=s3cret",
        },
    )
    out = done.stdout.decode()
    assert done.returncode == 0
    assert out.startswith(f"mirascope {__version__}, Python 3.")
    assert ["groq", "set", "https://api.groq.com/openai/v1"] in [
        line.split() for line in out.splitlines()
    ]
    assert "openai  not set  http://localhost:8080/v1\n" in out
    assert "s3cret" not in out + done.stderr.decode()
    assert "anthropic" not in out
    assert "prices yes" in out or "prices no" in out


@pytest.mark.parametrize("width", [40, 120])
def test_it_fits(width: int) -> None:
    done = run("doctor", env={"GROQ_API_KEY": KEY, "COLUMNS": str(width)})
    table = done.stdout.decode().partition("\n\n")[2]
    assert max(map(len, table.splitlines())) <= width


def test_whether_a_model_answers() -> None:
    with server(Simulator(["Yes.", Turn(fault=Status(401, message=f"Bad key {KEY}."))])) as where:
        well = run("doctor", "--ask", "openai/gpt-5-mini", env=where)
        ill = run("doctor", "--ask", "openai/gpt-5-mini", env=where)
    assert (well.returncode, well.stdout.splitlines()[-1]) == (
        0,
        b"openai/gpt-5-mini answers: Yes.",
    )
    assert ill.returncode == 1
    assert b"Check the API key" in ill.stderr
    assert b"s3cret" not in ill.stdout + ill.stderr
    assert run("doctor", "--ask", "openai/gpt-5-mini").returncode == 2
    assert run("doctor", "--ask", "nonsense").returncode == 2


# --- completion


def completed(line: str) -> list[str]:
    """Return what bash completes a line to."""
    script = run("completion", "bash").stdout.decode()
    words = line.split(" ")
    code = (
        f"{script}\nCOMP_WORDS=({' '.join(repr(word) for word in words)})\n"
        f"COMP_CWORD={len(words) - 1}\n_mirascope\nprintf '%s\\n' \"${{COMPREPLY[@]}}\""
    )
    done = subprocess.run(
        ["bash", "-c", code], capture_output=True, text=True, env=environment(), check=True
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_bash() -> None:
    assert {"ask", "chat", "logs", "config"} <= {*completed("mirascope ")}
    assert completed("mirascope lo") == ["logs"]
    assert completed("mirascope logs se") == ["search"]
    assert {"--json", "--count"} <= {*completed("mirascope logs list --")}
    assert completed("mirascope ask hello --fall") == ["--fallback"]
    assert completed("mirascope ask --attach ") == []  # files
    assert completed("mirascope ask logs --sch") == ["--schema"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts_can_be_read(shell: str) -> None:
    script = run("completion", shell).stdout.decode()
    assert "fallback" in script
    if (found := shutil.which(shell)) is not None:
        read = subprocess.run(
            [found, "-n"], input=script, capture_output=True, text=True, check=False
        )
        assert (read.returncode, read.stderr) == (0, "")
