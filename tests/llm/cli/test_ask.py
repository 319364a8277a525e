"""``mirascope ask``: what it writes where, and how it ends."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from mirascope.llm.cli.inline_schema import inline_schema
from mirascope.llm.cli.main import main
from mirascope.llm.testing import Cut, Simulator, Status, Turn

SOURCE = str(Path(__file__).parents[3] / "src")
COMMAND = [sys.executable, "-m", "mirascope.llm.cli"]
NOBODY = {"MIRASCOPE_LOGS": "off", "XDG_CONFIG_HOME": os.devnull}
"""No test reads or writes what belongs to who runs it."""
BOOK = {
    "title": "Book",
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 60},
        "first-year": {"type": "integer", "minimum": 1900},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["title", "first-year", "tags"],
    "additionalProperties": False,
}


def environment(**more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return {**kept, "PYTHONPATH": SOURCE, "PYTHONIOENCODING": "utf-8", **NOBODY, **more}


def ask(
    *arguments: str, stdin: str = "", cwd: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in this process, which is faster than in one of its own."""
    out, err = io.StringIO(), io.StringIO()
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as given,
        mock.patch.dict(os.environ, environment(**more), clear=True),
        mock.patch.object(sys, "stdin", given),
        chdir(cwd or Path.cwd()),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        given.write(stdin)
        given.seek(0)
        code = main(["ask", *arguments])
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


@contextmanager
def server(simulator: Simulator) -> Iterator[dict[str, str]]:
    """Serve, and yield the environment in which OpenAI is found there."""
    uvicorn = pytest.importorskip("uvicorn", reason="the extra 'server' is not installed")
    from mirascope.llm.testing.server import application

    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = uvicorn.Server(uvicorn.Config(application(simulator), log_level="critical"))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            address = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
            yield {"OPENAI_BASE_URL": address, "OPENAI_API_KEY": "sk-very-s3cret-key"}
        finally:
            running.should_exit = running.force_exit = True
            thread.join()


# --- answers


@pytest.mark.parametrize("how", [[], ["--no-stream"]])
def test_the_simulator_answers_when_asked_to_and_says_so(how: list[str]) -> None:
    done = ask("What is up?", "--simulate", *how, OPENAI_API_KEY="sk-1234")
    assert done.returncode == 0
    assert done.stdout.startswith("You said “What is up?”.")
    assert done.stdout.count("\n") == 1
    first, last = done.stderr.splitlines()
    assert first == "The simulator answers, and makes it up."
    assert re.fullmatch(r"openai/gpt-5-mini · 3 tokens in, \d+ out · \d+\.\d s", last)


def test_a_key_is_used() -> None:
    simulator = Simulator(["From the server."])
    with server(simulator) as variables:
        done = ask("x", **variables)
    assert (done.returncode, done.stdout) == (0, "From the server.\n")
    assert "simulator" not in done.stderr
    assert simulator.requests[0].headers["authorization"] == "***"


@pytest.mark.parametrize(
    ("variables", "arguments", "model"),
    [
        ({}, [], "openai/gpt-5-mini"),
        ({}, ["-m", "google/gemini-2.5-pro"], "google/gemini-2.5-pro"),
        ({"MIRASCOPE_MODEL": "anthropic/claude-x"}, [], "anthropic/claude-x"),
        ({"MIRASCOPE_MODEL": "anthropic/claude-x"}, ["--model", "xai/grok-4"], "xai/grok-4"),
    ],
)
def test_the_model(variables: dict[str, str], arguments: list[str], model: str) -> None:
    assert (
        ask("x", "--simulate", *arguments, **variables)
        .stderr.splitlines()[-1]
        .startswith(f"{model} · ")
    )


@pytest.mark.parametrize(
    ("key", "model"),
    [
        ("OPENAI_API_KEY", "openai/"),
        ("ANTHROPIC_API_KEY", "anthropic/"),
        ("GOOGLE_API_KEY", "google/"),
        ("GEMINI_API_KEY", "google/"),
    ],
)
def test_the_model_follows_the_key(key: str, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from mirascope.llm.cli.settings import Settings

    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("MIRASCOPE_MODEL", raising=False)
    monkeypatch.setenv(key, "x")
    assert Settings().chosen_model(None).startswith(model)


def test_the_question_may_come_from_standard_input() -> None:
    assert ask("-", "--simulate", stdin="Grüße?\n").stdout.startswith("You said “Grüße?”.")


def test_instructions() -> None:
    simulator = Simulator(["ok"])
    with server(simulator) as variables:
        ask("x", "--system", "Be brief.", **variables)
    assert simulator.requests[0].body["input"] == [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": "x"},
    ]


@pytest.mark.parametrize("how", [[], ["--no-stream"]])
def test_thoughts_go_to_standard_error(how: list[str]) -> None:
    how = ["-m", "anthropic/claude-sonnet-4-6", "--simulate", *how]
    done = ask("x", "--thoughts", *how)
    assert "Let me see" in done.stderr
    assert "Let me see" not in done.stdout
    assert "13 of them reasoning" in done.stderr
    assert "Let me see" not in ask("x", *how).stderr


def test_several_texts_are_told_apart() -> None:
    with server(Simulator([Turn(text=["One.", "Two."])])) as variables:
        assert ask("x", **variables).stdout == "One.\nTwo.\n"


def test_an_early_end_is_told() -> None:
    from mirascope.llm import FinishReason

    turn = Turn(text="Once upon", finish_reason=FinishReason.MAX_TOKENS, report_usage=False)
    with server(Simulator([turn])) as variables:
        done = ask("x", **variables)
    assert (done.returncode, done.stdout) == (0, "Once upon\n")
    assert "The answer ended early: max_tokens." in done.stderr
    assert "no usage reported" in done.stderr


# --- objects


@pytest.mark.parametrize("how", [[], ["--no-stream"]])
def test_a_schema_in_a_file(tmp_path: Path, how: list[str]) -> None:
    (tmp_path / "book.json").write_text(json.dumps(BOOK))
    simulator = Simulator()
    with server(simulator) as variables:
        done = ask("1984?", "--schema", "book.json", *how, cwd=tmp_path, **variables)
    assert done.returncode == 0
    assert json.loads(done.stdout) == {
        "title": "The Lighthouse at the End of the Map",
        "first-year": 1984,
        "tags": ["adventure", "adventure 2"],
    }
    sent = simulator.requests[0].body["text"]["format"]  # type: ignore[index]
    assert sent["name"] == "Book"
    assert sent["schema"]["properties"].keys() == BOOK["properties"].keys()  # type: ignore[attr-defined]


def test_a_class_in_a_module(tmp_path: Path) -> None:
    (tmp_path / "shapes.py").write_text(
        "from pydantic import BaseModel\n"
        "class Shapes:\n"
        "    class Point(BaseModel):\n"
        "        x: int\n"
        "        y: int\n"
    )
    done = ask("3", "--simulate", "--schema", "shapes:Shapes.Point", cwd=tmp_path)
    assert json.loads(done.stdout) == {"x": 3, "y": 1}


@pytest.mark.parametrize(("schema", "value"), [("builtins:int", 3), ("builtins:str", None)])
def test_bare_values(schema: str, value: object) -> None:
    made = json.loads(ask("Take 3", "--simulate", "--schema", schema).stdout)
    assert made == value or isinstance(made, str)


@pytest.mark.parametrize("how", [[], ["--no-stream"], ["--json"]])
def test_several_objects(how: list[str]) -> None:
    dogs = [{"name": "Bolota", "age": 4}, {"name": "Rex", "age": 9}]
    simulator = Simulator([Turn(json={"output": dogs})])
    fields = "name: what it is called, age int"
    with server(simulator) as variables:
        done = ask("x", "--schema", f"list[{fields}]", *how, **variables)
    printed = json.loads(done.stdout)
    assert (printed["value"] if how == ["--json"] else printed) == dogs
    sent: Any = simulator.requests[0].body
    assert sent["text"]["format"]["schema"]["$defs"]["Answer"] == inline_schema(fields)


def test_several_bare_values() -> None:
    done = ask("Towns", "--simulate", "--schema", "list[list[str]]")
    assert all(isinstance(text, str) for texts in json.loads(done.stdout) for text in texts)


def test_several_of_what_refers(tmp_path: Path) -> None:
    """References are of the whole document, and an element is not the whole of it."""
    part = {"type": "object", "properties": {"size": {"type": "integer", "description": "in cm"}}}
    tree = {"properties": {"leaf": {"$ref": "#/$defs/part"}, "below": {"$ref": "#"}}}
    (tmp_path / "tree.json").write_text(json.dumps({**tree, "$defs": {"part": part}}))
    trees = [{"leaf": {"size": 3}, "below": {"leaf": {"size": 2}}}]
    simulator = Simulator([Turn(json={"output": trees})])
    with server(simulator) as variables:
        done = ask("x", "--schema", "list[tree.json]", cwd=tmp_path, **variables)
    assert json.loads(done.stdout) == trees
    sent: Any = simulator.requests[0].body
    (element,) = sent["tools"][0]["parameters"]["$defs"].values()
    assert element["properties"]["leaf"]["properties"] == part["properties"]


def test_an_output_parser(tmp_path: Path) -> None:
    (tmp_path / "parsers.py").write_text(
        "from mirascope import llm\n"
        "@llm.output_parser(formatting_instructions='Shout.')\n"
        "def shouted(response):\n"
        "    return {'loud': response.text().upper()}\n"
    )
    done = ask("hey", "--simulate", "--schema", "parsers:shouted", cwd=tmp_path)
    assert json.loads(done.stdout)["loud"].startswith("YOU SAID “HEY”.")


MISFITS = [{"title": "x"}, {"title": 1, "first-year": 2000, "tags": []}, 4]


@pytest.mark.parametrize("answer", MISFITS)
def test_an_answer_that_does_not_fit(tmp_path: Path, answer: object) -> None:
    (tmp_path / "book.json").write_text(json.dumps(BOOK))
    with server(Simulator([Turn(json=answer)])) as variables:
        done = ask("x", "--schema", "book.json", cwd=tmp_path, **variables)
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith("mirascope: the answer does not fit the schema: ")
    assert done.stderr.count("\n") == 1


THINKING = Turn(thoughts="Which one was it?", json={"title": "T", "first-year": 1984, "tags": []})


@pytest.mark.parametrize("how", [[], ["--no-stream"]])
@pytest.mark.parametrize("schema", ["book.json", "readers:given"])
def test_thoughts_about_an_object(tmp_path: Path, schema: str, how: list[str]) -> None:
    (tmp_path / "book.json").write_text(json.dumps(BOOK))
    (tmp_path / "readers.py").write_text(
        "import json\n"
        "from mirascope import llm\n"
        "@llm.output_parser(formatting_instructions='JSON.')\n"
        "def given(response):\n"
        "    return json.loads(response.text())\n"
    )
    with server(Simulator([THINKING, THINKING])) as variables:
        done = ask("x", "--schema", schema, "--thoughts", *how, cwd=tmp_path, **variables)
        silent = ask("x", "--schema", schema, *how, cwd=tmp_path, **variables)
    assert done.returncode == 0
    assert json.loads(done.stdout) == json.loads(silent.stdout) == THINKING.json
    assert done.stderr.splitlines()[0] == "Which one was it?"
    assert "Which one" not in silent.stderr


# --- what goes wrong


@pytest.mark.parametrize("how", [[], ["--no-stream"], ["--schema", "builtins:int"]])
@pytest.mark.parametrize("empty", [{}, {"OPENAI_API_KEY": ""}, {"MIRASCOPE_DEBUG": "1"}])
def test_without_a_key_nothing_is_made_up(how: list[str], empty: dict[str, str]) -> None:
    done = ask("What is up?", *how, **empty)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "mirascope: no API key in the environment: set OPENAI_API_KEY or ANTHROPIC_API_KEY or "
        "GOOGLE_API_KEY or GEMINI_API_KEY (or OPENAI_BASE_URL, for a server of your own that needs "
        "none), or ask with --simulate for a made-up answer\n"
    )


@pytest.mark.parametrize(
    ("model", "variables", "keys", "address"),
    [
        ("openai/gpt-5", {}, "OPENAI_API_KEY", "OPENAI_BASE_URL"),
        ("openai/gpt-5:completions", {}, "OPENAI_API_KEY", "OPENAI_BASE_URL"),
        ("anthropic/claude-x", {}, "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
        ("google/g", {}, "GOOGLE_API_KEY or GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL"),
        ("groq/g", {"OPENAI_API_KEY": "sk-1234"}, "GROQ_API_KEY", "GROQ_BASE_URL"),
        ("api-route/m", {}, "API_ROUTE_API_KEY", "API_ROUTE_BASE_URL"),
    ],
)
@pytest.mark.parametrize("how", ["--model", "MIRASCOPE_MODEL"])
def test_the_models_own_key_is_missing(
    how: str, model: str, variables: dict[str, str], keys: str, address: str
) -> None:
    named = [how, model] if how == "--model" else []
    done = ask("x", *named, MIRASCOPE_MODEL=model, **variables)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(
        f"mirascope: no API key for {model} in the environment: set {keys}"
    )
    assert f"(or {address}, for a server of your own that needs none)" in done.stderr
    assert done.stderr.endswith("or ask with --simulate for a made-up answer\n")


def test_a_server_of_ones_own_needs_no_key() -> None:
    with server(Simulator(["From here."])) as variables:
        del variables["OPENAI_API_KEY"]
        done = ask("x", **variables)
    assert (done.returncode, done.stdout) == (0, "From here.\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([""], "the question is empty"),
        ([], "no question: give one, or pipe one in"),
        (["-"], "the question is empty"),
        (["\udcff"], "the question is not text in UTF-8"),
        (["x", "-s", "\udcff"], "--system is not text in UTF-8"),
        (["x", "-m", "nonsense"], "'nonsense'"),
        (["x", "-m", "nobody/knows"], "'nobody/knows'"),
        (["x", "--schema", "missing.json"], "missing.json: cannot be read"),
        (["x", "--schema", "word"], "or module:Class"),
        (["x", "--schema", "no_module:Class"], "No module named 'no_module'"),
        (["x", "--schema", "json:Missing"], "Missing"),
        (["x", "--schema", "json:dumps"], "dumps is no type"),
        (["x", "--schema", "list[json:dumps]"], "dumps is no type"),
        (["x", "--schema", "list[]"], "or module:Class"),
        (["x", "--schema", "list[age integer]"], "'integer' is no type"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str) -> None:
    done = ask(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("mirascope: ")
    assert message in done.stderr


@pytest.mark.parametrize("text", ["[", "[1]", "{}", '{"type": "string"}'])
def test_a_file_that_is_no_schema_of_an_object(tmp_path: Path, text: str) -> None:
    (tmp_path / "s.json").write_text(text)
    done = ask("x", "--schema", "s.json", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("mirascope: --schema s.json: ")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Status(401, message="Bad key sk-very-s3cret-key."), "***. Check the API key"),
        (Status(404, message="No\nsuch  model"), "No such model. Check the model's name."),
        (Status(429, retry_after=3), "Try again in 3 s."),
        (Status(500), "Try again later."),
    ],
)
def test_an_error_of_the_vendor(fault: Status, said: str) -> None:
    with server(Simulator([Turn(fault=fault)] * 9)) as variables:
        done = ask("x", **variables)
    assert done.returncode == 1
    assert done.stdout == ""
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert "s3cret" not in done.stderr


def test_no_connection() -> None:
    done = ask("x", OPENAI_API_KEY="k", OPENAI_BASE_URL="http://127.0.0.1:1/v1")
    assert done.returncode == 1
    assert re.match(r"mirascope: ConnectionError: openai/gpt-5-mini: .*Check the net", done.stderr)


def test_what_came_before_an_error_is_kept() -> None:
    turn = Turn(text="Once upon a time", chunk_size=1, fault=Cut(after_bytes=3000))
    with server(Simulator([turn])) as variables:
        done = ask("x", "-m", "openai/gpt-5-mini:completions", **variables)
    assert done.returncode == 1
    assert "Once upon a time".startswith(done.stdout.removesuffix("\n"))
    assert done.stdout.endswith("\n")
    assert len(done.stdout) > 1
    assert "The answer is not complete" in done.stderr


def test_tracebacks_when_asked_for() -> None:
    nowhere = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}
    with pytest.raises(ConnectionError):
        ask("x", MIRASCOPE_DEBUG="1", **nowhere)


posix = pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")


@posix
def test_ctrl_c_keeps_what_came() -> None:
    with subprocess.Popen(
        [*COMMAND, "ask", "--simulate", "x " * 300],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        begun = process.stdout.read(10)
        process.send_signal(signal.SIGINT)
        rest, told = process.communicate()
    assert process.returncode == 130
    text = (begun + rest).decode()
    assert text.startswith("You")
    assert text.endswith("\n")
    assert "real one" not in text
    assert b"Traceback" not in told
    assert told.decode().splitlines()[-1] == "Interrupted: this is not the whole answer."


@posix
def test_a_reader_that_leaves_is_no_error() -> None:
    with subprocess.Popen(
        [*COMMAND, "ask", "--simulate", "x " * 300],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        bufsize=0,
    ) as process:
        assert process.stdout is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr is not None
        told = process.stderr.read()
    assert process.returncode == 141
    assert b"Traceback" not in told
    assert b"Exception" not in told


def in_terminal(
    *arguments: str,
    signal_after: bytes | None = None,
    end: Callable[[int], object] = lambda pid: os.kill(pid, signal.SIGINT),
    columns: int = 80,
    **more: str,
) -> tuple[int, str]:
    """Run the command in a terminal; return its exit code and all it wrote.

    Args:
        arguments: What follows ``mirascope``.
        signal_after: What is to be written before `end` is called, with the process's id.
        end: How to end it.
        columns: The terminal's width.
        more: What is in the environment.
    """
    import fcntl
    import pty
    import termios

    pid, terminal = pty.fork()
    if pid == 0:  # pragma: no cover - the child
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.execve(sys.executable, [*COMMAND, *arguments], environment(**{"TERM": "xterm", **more}))
    written = b""
    while True:
        try:
            data = os.read(terminal, 4096)
        except OSError:  # how Linux tells the end of a terminal
            break
        if not data:
            break
        written += data
        if signal_after is not None and signal_after in written:
            end(pid)
            signal_after = None
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), written.decode().replace("\r\n", "\n")


def screen(written: str) -> list[str]:
    """Return the lines that a terminal shows in the end, without their style."""
    lines, row, column = [""], 0, 0
    for code in re.findall(r"\x1b\[[?\d;]*[A-Za-z]|[^\x1b]", written):
        if code == "\n":
            row, column = row + 1, 0
            lines += [""] * (row + 1 - len(lines))
        elif code == "\r":
            column = 0
        elif re.fullmatch(r"\x1b\[\d*A", code):
            row = max(row - int(code[2:-1] or 1), 0)
        elif code == "\x1b[2K":
            lines[row] = ""
        elif not code.startswith("\x1b"):
            lines[row] = lines[row][:column].ljust(column) + code + lines[row][column + 1 :]
            column += 1
    return [line.rstrip() for line in lines if line.strip()]


DIM = "\x1b[2m"
# A process with threads that forks is what Python 3.12 warns of; ours has none that matter.
forking = pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")


@posix
@forking
def test_a_terminal_shows_thoughts_dimmed() -> None:
    pytest.importorskip("rich", reason="the extra 'cli' is not installed")
    how = ["--simulate", "--thoughts", "-m", "google/gemini-2.5-flash"]
    code, text = in_terminal("ask", "x", *how)
    assert code == 0
    assert f"{DIM}Let" in text
    assert f"{DIM}google/gemini-2.5-flash · " in text
    assert f"{DIM}You" not in text


@posix
@forking
def test_a_terminal_shows_an_object_grow(tmp_path: Path) -> None:
    pytest.importorskip("rich", reason="the extra 'cli' is not installed")
    (tmp_path / "book.json").write_text(json.dumps(BOOK))
    code, text = in_terminal("ask", "x", "--simulate", "--schema", str(tmp_path / "book.json"))
    assert code == 0
    assert text.count('"title"') >= 3  # partial ones, and the whole one
    assert '"tags": [\n    "adventure",\n    "adventure 2"\n  ]\n}\n' in text


@posix
@forking
def test_ctrl_c_takes_the_part_of_an_object_away(tmp_path: Path) -> None:
    pytest.importorskip("rich", reason="the extra 'cli' is not installed")
    (tmp_path / "book.json").write_text(json.dumps(BOOK))
    schema = str(tmp_path / "book.json")
    code, text = in_terminal("ask", "x", "--simulate", "--schema", schema, signal_after=b'"title"')
    assert code == 130
    left = screen(text)
    assert left[-1] == "Interrupted: this is not the whole answer."
    assert "{" not in "".join(left)
