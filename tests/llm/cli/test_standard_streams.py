"""What the command reads and writes as a process of its own: pipes, terminals, signals, locales."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from mirascope import __version__
from mirascope.llm.testing import Simulator, Turn
from tests.llm.cli.test_ask import (
    BOOK,
    COMMAND,
    environment,
    forking,
    in_terminal,
    posix,
    screen,
    server,
)

ROOT = Path(__file__).parents[3]
ECHO = "You said “{}”."

pytestmark = posix


def run(
    *arguments: str,
    stdin: bytes | BinaryIO | None = None,
    command: list[str] = COMMAND,
    env: dict[str, str] | None = None,
    **more: Any,
) -> subprocess.CompletedProcess[bytes]:
    """Run the command; what is given as `stdin` is piped in, and nothing otherwise."""
    given: dict[str, Any] = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
    if stdin is None:
        given = {"stdin": subprocess.DEVNULL}
    return subprocess.run(
        [*command, *arguments],
        env=environment(**(env or {})),
        check=False,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **given, **more},
    )


def asked(*arguments: str, **more: Any) -> tuple[str, subprocess.CompletedProcess[bytes]]:
    """Return what a model is asked, and how the command ended."""
    simulator = Simulator(["ok"])
    with server(simulator) as variables:
        done = run("ask", *arguments, env=variables, **more)
    requests = simulator.requests
    return (requests[0].body["input"][0]["content"] if requests else ""), done  # type: ignore[index, return-value]


def shell(script: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run a script in which ``mirascope`` is the command."""
    command = " ".join(f"'{word}'" for word in COMMAND)
    script = f'mirascope() {{ {command} "$@"; }}\n{script}'
    return run(command=["bash", "-c", script], env=more)


# --- ways to start it


@pytest.mark.parametrize("module", ["mirascope", "mirascope.llm.cli"])
def test_as_a_module(module: str) -> None:
    command = [sys.executable, "-m", module]
    assert run("--version", command=command).stdout == f"mirascope {__version__}\n".encode()
    done = run("ask", "Hello.", "--simulate", command=command)
    assert done.stdout.decode().startswith(ECHO.format("Hello."))
    done = run("dance", command=command)
    assert done.returncode == 2
    assert done.stderr.startswith(b"usage: mirascope [-h]")


def test_the_script_is_the_same() -> None:
    script = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]["mirascope"]
    module, _, name = script.partition(":")
    code = f"import sys; from {module} import {name}; sys.exit({name}())"
    done = run("--version", command=[sys.executable, "-c", code])
    assert done.stdout == f"mirascope {__version__}\n".encode()


# --- standard input


@pytest.mark.parametrize(
    ("arguments", "stdin", "question"),
    [
        (["What is this?"], b"A dog.\n", "What is this?\n\nA dog.\n"),
        (["What is this?"], b"", "What is this?"),
        (["What is this?"], b" \n\n", "What is this?"),
        (["What is this?"], None, "What is this?"),
        ([], b"What is this?", "What is this?"),
        (["-"], b"What is this?", "What is this?"),
        (["x"], "Größe".encode(), "x\n\nGröße"),
        (["x"], b"\xef\xbb\xbfwith a mark", "x\n\nwith a mark"),
        (["x"], b"y" * 3_000_000, "x\n\n" + "y" * 3_000_000),
    ],
)
def test_what_is_piped_in(arguments: list[str], stdin: bytes | None, question: str) -> None:
    found, done = asked(*arguments, stdin=stdin)
    assert (done.returncode, done.stdout) == (0, b"ok\n")
    assert found == question


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "latin-1"}])
def test_input_is_utf_8_whatever_the_locale_says(locale: dict[str, str]) -> None:
    done = run("ask", "--simulate", stdin="Größe?".encode(), env={"PYTHONUTF8": "0", **locale})
    assert "Größe?" in done.stdout.decode(locale.get("PYTHONIOENCODING", "utf-8"))


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (["x"], b"abc\xff", "standard input is not text in UTF-8: byte 4 is 0xff"),
        ([], b"\x89PNG\r\n", "standard input is not text in UTF-8: byte 1 is 0x89"),
        (["-"], b"a\0b", "standard input is not text: it has zero bytes in it"),
        (["x"], b"y" * (32 * 1024 * 1024 + 1), "standard input has more than 32 MB"),
        ([], b"", "no question: give one, or pipe one in"),
        ([], None, "no question: give one, or pipe one in"),
        (["-"], b"", "the question is empty"),
        ([""], b"A dog.", "the question is empty"),
    ],
)
def test_input_that_is_no_question(arguments: list[str], stdin: bytes | None, said: str) -> None:
    found, done = asked(*arguments, stdin=stdin)
    assert (done.returncode, done.stdout, found) == (2, b"", "")
    assert done.stderr.decode() == f"mirascope: {said}\n"


def test_input_without_end() -> None:
    with open("/dev/zero", "rb") as zeros:
        done = run("ask", "x", "--simulate", stdin=zeros)
    assert (done.returncode, done.stderr[:35]) == (2, b"mirascope: standard input has more ")


def test_input_that_cannot_be_read(tmp_path: Path) -> None:
    with (tmp_path / "written").open("wb") as written:
        done = run("ask", "x", "--simulate", stdin=written)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"mirascope: standard input cannot be read: " in done.stderr


@forking
def test_a_terminal_is_not_read() -> None:
    code, text = in_terminal("ask", "Hello.", "--simulate")
    assert code == 0
    assert ECHO.format("Hello.") in text
    code, text = in_terminal("ask", "--simulate")
    assert code == 2
    assert "mirascope: no question: give one, or pipe one in" in text


def test_an_input_that_does_not_end_is_waited_for_and_named() -> None:
    read, write = os.pipe()
    with subprocess.Popen(
        [*COMMAND, "ask", "x", "--simulate"],
        stdin=read,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"Waiting for the end of standard input.\n"
        os.write(write, b"late")
        os.close(write)
        out, _ = process.communicate()
    os.close(read)
    assert out.decode().startswith("You said “x late”.")


def test_ctrl_c_while_the_input_does_not_end() -> None:
    with subprocess.Popen(
        [*COMMAND, "ask", "x", "--simulate"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith(b"Waiting")
        process.send_signal(signal.SIGINT)
        out, told = process.communicate()
    assert (process.returncode, out, told) == (130, b"", b"Interrupted.\n")


def test_input_that_does_not_block_is_read_to_its_end() -> None:
    read, write = os.pipe()
    os.set_blocking(read, False)
    os.write(write, b"one ")
    simulator = Simulator(["ok"])
    with (
        server(simulator) as variables,
        subprocess.Popen(
            [*COMMAND, "ask"], stdin=read, stderr=subprocess.PIPE, env=environment(**variables)
        ) as process,
    ):
        assert process.stderr is not None
        process.stderr.readline()  # it waits
        os.write(write, b"two")
        os.close(write)
        process.communicate()
    os.close(read)
    assert simulator.requests[0].body["input"][0]["content"] == "one two"  # type: ignore[index]


# --- standard streams that are closed, full, or of another encoding


def test_closed_input() -> None:
    done = shell("mirascope ask Hello. --simulate <&-")
    assert done.returncode == 0
    assert done.stdout.decode().startswith(ECHO.format("Hello."))
    assert shell("mirascope ask --simulate <&-").returncode == 2


@pytest.mark.parametrize("arguments", ["ask x --simulate", "--help", "simulate"])
def test_closed_output(arguments: str) -> None:
    done = shell(f"mirascope {arguments} >&-")
    assert done.returncode == 1
    assert done.stderr == b"mirascope: standard output: Bad file descriptor\n"


def test_closed_errors() -> None:
    done = shell("mirascope ask Hello. --simulate --thoughts -m anthropic/claude-sonnet-4-6 2>&-")
    assert done.returncode == 0
    assert done.stdout.decode().startswith(ECHO.format("Hello."))
    assert done.stdout.count(b"\n") == 1
    done = shell("mirascope ask Hello. 2>&-")
    assert (done.returncode, done.stdout) == (2, b"")


def test_everything_closed() -> None:
    assert shell("mirascope ask Hello. --simulate <&- >&- 2>&-").returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("arguments", ["ask x --simulate", "ask x --simulate --no-stream", "-h"])
def test_a_full_disk(arguments: str) -> None:
    done = shell(f"mirascope {arguments} > /dev/full")
    assert done.returncode == 1
    assert done.stderr.endswith(b"mirascope: standard output: No space left on device\n")
    assert b"Traceback" not in done.stderr
    assert shell("mirascope ask x --simulate 2> /dev/full").returncode == 0


@pytest.mark.parametrize("arguments", ["--help", "ask --help", "simulate --help", "--version"])
def test_a_reader_that_leaves_before_the_help(arguments: str) -> None:
    read, write = os.pipe()
    os.close(read)
    done = run(*arguments.split(), stdout=write)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("arguments", ["", "--no-stream", "--schema builtins:int"])
def test_a_reader_that_leaves_after_a_line(arguments: str) -> None:
    turn = Turn(text="1\n2\n" * 100_000, chunk_size=1000)
    with server(Simulator([turn])) as variables:
        done = shell(f"mirascope ask x {arguments} | head -1; exit ${{PIPESTATUS[0]}}", **variables)
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr
    if "schema" not in arguments:
        assert (done.returncode, done.stdout) == (141, b"1\n")


def test_a_reader_of_everything_that_leaves() -> None:
    done = shell("mirascope ask x --simulate 2>&1 | head -1; exit ${PIPESTATUS[0]}")
    assert done.returncode == 141
    assert done.stdout == b"The simulator answers, and makes it up.\n"
    done = shell("{ mirascope ask x --simulate 2>&3 | cat; } 3>&1 >&2 | true")
    assert done.stderr.decode().startswith(ECHO.format("x"))


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1:strict"},
    ],
)
def test_other_encodings(tmp_path: Path, locale: dict[str, str]) -> None:
    (tmp_path / "book.json").write_text(json.dumps(BOOK))
    book = {"title": "Größe 😀 “x”", "first-year": 1984, "tags": []}
    variables = {"PYTHONIOENCODING": "", **locale}
    with server(Simulator([Turn(text="Größe 😀"), Turn(json=book)])) as address:
        text = run("ask", "Größe?", env={**variables, **address})
        value = run("ask", "x", "--schema", "book.json", env={**variables, **address}, cwd=tmp_path)
    assert (text.returncode, value.returncode) == (0, 0), text.stderr + value.stderr
    encoding = locale.get("PYTHONIOENCODING", "utf-8").partition(":")[0]
    shown = text.stdout.decode(encoding)
    assert shown.encode().decode("unicode_escape" if shown.isascii() else "utf-8")
    assert json.loads(value.stdout.decode(encoding)) == book


# --- terminals


def controls(written: str) -> list[str]:
    return re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f][^ ]*", written)


EVERYTHING = [
    ["--help"],
    ["ask", "--help"],
    ["simulate", "--help"],
    ["dance"],
    ["ask", "x", "--nope"],
    ["ask", "x"],
    ["ask", "x", "--schema", "nothing"],
    ["ask", "x", "--simulate", "--thoughts", "-m", "google/gemini-2.5-flash"],
    ["ask", "x", "--simulate", "--schema", "BOOK", "--thoughts"],
]


@forking
@pytest.mark.parametrize("arguments", EVERYTHING, ids=" ".join)
@pytest.mark.parametrize(
    "variables",
    [{"NO_COLOR": "1"}, {"NO_COLOR": "0", "FORCE_COLOR": "1"}, {"TERM": "dumb"}],
    ids=str,
)
def test_a_terminal_that_wants_no_style(
    tmp_path: Path, arguments: list[str], variables: dict[str, str]
) -> None:
    (tmp_path / "book.json").write_text(json.dumps(BOOK))
    arguments = [word.replace("BOOK", str(tmp_path / "book.json")) for word in arguments]
    _, text = in_terminal(*arguments, **variables)
    assert text
    assert controls(text) == []


@pytest.mark.parametrize("arguments", EVERYTHING, ids=" ".join)
def test_pipes_get_no_style(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "book.json").write_text(json.dumps(BOOK))
    arguments = [word.replace("BOOK", str(tmp_path / "book.json")) for word in arguments]
    forced = {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "TERM": "xterm", "PYTHON_COLORS": "1"}
    done = run(*arguments, env=forced)
    assert controls(done.stdout.decode() + done.stderr.decode()) == []


@forking
def test_an_empty_no_color_does_not_count() -> None:
    pytest.importorskip("rich", reason="the extra 'cli' is not installed")
    assert "\x1b[" in in_terminal("ask", "x", "--simulate", NO_COLOR="")[1]


def test_what_a_vendor_says_does_not_command_the_terminal() -> None:
    from mirascope.llm.testing import Status

    fault = Status(404, message="no \x1b[31msuch\x07 model")
    with server(Simulator([Turn(fault=fault)])) as variables:
        done = run("ask", "x", env=variables)
    assert controls(done.stderr.decode()) == []
    assert b"such" in done.stderr


@pytest.mark.parametrize("columns", [40, 120])
@pytest.mark.parametrize("command", [[], ["ask"], ["simulate"]], ids=" ".join)
def test_help_fits(command: list[str], columns: int) -> None:
    done = run(*command, "--help", env={"COLUMNS": str(columns)})
    assert done.returncode == 0
    assert max(map(len, done.stdout.decode().splitlines())) <= columns


@forking
@pytest.mark.parametrize("columns", [40, 120])
def test_an_object_fits(tmp_path: Path, columns: int) -> None:
    pytest.importorskip("rich", reason="the extra 'cli' is not installed")
    (tmp_path / "book.json").write_text(json.dumps(BOOK))
    book = {"title": "A long title of a book" * 2, "first-year": 1984, "tags": ["a"] * 30}
    schema = str(tmp_path / "book.json")
    turn = Turn(thoughts="Hm. " * 30, json=book)
    with server(Simulator([turn])) as variables:
        code, text = in_terminal(
            "ask", "x", "--thoughts", "--schema", schema, columns=columns, **variables
        )
    assert code == 0
    thoughts, told, *_ = screen(text[: text.rindex("{")]) + screen(text[text.rindex("}") + 1 :])
    assert thoughts == ("Hm. " * 30).strip()
    assert told.startswith("openai/gpt-5-mini")
    assert json.loads(text[text.rindex("{") : text.rindex("}") + 1]) == book


# --- signals


@pytest.mark.parametrize("parser", [False, True])
def test_ctrl_c_leaves_nothing_of_an_object(tmp_path: Path, parser: bool) -> None:
    (tmp_path / "book.json").write_text(json.dumps(BOOK))
    (tmp_path / "readers.py").write_text(
        "from mirascope import llm\n"
        "@llm.output_parser(formatting_instructions='x')\n"
        "def read(response):\n"
        "    return {'text': response.text()}\n"
    )
    turn = Turn(thoughts="Hm.", json={"title": "T" * 4000, "first-year": 1984}, delay=0.05)
    schema = "readers:read" if parser else "book.json"
    with (
        server(Simulator([turn])) as variables,
        subprocess.Popen(
            [*COMMAND, "ask", "x", "--thoughts", "--schema", schema],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environment(**variables),
        ) as process,
    ):
        assert process.stderr is not None
        assert process.stderr.readline() == b"Hm.\n"
        process.send_signal(signal.SIGINT)
        out, told = process.communicate()
    assert (process.returncode, out) == (130, b"")
    assert told == b"Interrupted: this is not the whole answer.\n"


@forking
def test_sigterm_gives_the_cursor_back(tmp_path: Path) -> None:
    pytest.importorskip("rich", reason="the extra 'cli' is not installed")
    (tmp_path / "book.json").write_text(json.dumps(BOOK))
    schema = str(tmp_path / "book.json")
    code, text = in_terminal(
        *["ask", "x", "--simulate", "--schema", schema],
        signal_after=b'"title"',
        end=lambda pid: os.kill(pid, signal.SIGTERM),
    )
    assert code == 143
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
    assert "{" not in "".join(screen(text))


@pytest.mark.parametrize(
    "module", ["mirascope.llm.cli.arguments", "mirascope.llm.models", "urllib3"]
)
@pytest.mark.parametrize("where", ["signal.raise_signal(signal.SIGINT)", "Lost()"])
def test_ctrl_c_while_it_starts(module: str, where: str) -> None:
    """Also where Python ignores an exception, as in the callbacks that importing is full of."""
    code = (
        "import signal, sys\n"
        "from mirascope.llm.cli.main import main\n"
        "class Lost:\n"
        "    def __del__(self):\n"
        "        signal.raise_signal(signal.SIGINT)\n"
        "def watch(event, args):\n"
        f"    if event == 'import' and args[0] == {module!r}:\n"
        f"        {where}\n"
        "sys.addaudithook(watch)\n"
        "sys.exit(main())\n"
    )
    nowhere = {"OPENAI_BASE_URL": "http://127.0.0.1:1"}
    done = run("ask", "x", command=[sys.executable, "-c", code], env=nowhere)
    assert (done.returncode, done.stdout) == (130, b"")
    assert b"Traceback" not in done.stderr
    assert b"Interrupted" in done.stderr.splitlines()[-1]
