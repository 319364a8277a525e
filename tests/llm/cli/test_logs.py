"""The log of ``mirascope``: what is in it, who may read it, and going on with a conversation."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import stat
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from mirascope.llm.cli.log_book import add_entry, read_entries, read_messages
from mirascope.llm.cli.record import Record
from mirascope.llm.testing import Cut, Simulator, Turn
from tests.llm.cli.home import COMPLETIONS, Home, said
from tests.llm.cli.test_ask import COMMAND, environment, forking, in_terminal, posix

# --- what is logged


def test_an_answer_is_logged_for_its_owner_alone(home: Home) -> None:
    home.ask("What is up?", "-s", "Be brief.")
    (entry,) = home.entries()
    assert (entry["id"], entry["question"], entry["state"]) == (1, "What is up?", "complete")
    assert entry["text"].startswith("You said “What is up?”.")
    assert entry["usage"]["output_tokens"] > 0
    assert stat.S_IMODE(home.log.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.log.parent.stat().st_mode) == 0o700
    assert home.run("logs", "path")[1] == f"{home.log}\n"


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_whatever_the_mask(home: Home, mask: int) -> None:
    before = os.umask(mask)
    try:
        home.ask("x")
    finally:
        os.umask(before)
    assert stat.S_IMODE(home.log.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [(["--no-log"], {}), ([], {"MIRASCOPE_LOGS": "off"}), (["--simulate"], {})],
    ids=["no-log", "environment", "simulate"],
)
def test_nothing_is_logged(home: Home, arguments: list[str], variables: dict[str, str]) -> None:
    home.ask("A s3cret.", *arguments, env=variables)
    assert not home.log.exists()
    assert home.entries() == []


def test_off_and_on(home: Home) -> None:
    assert home.run("logs", "off")[2] == "Answers are not logged.\n"
    home.ask("A s3cret.")
    assert not home.log.exists()
    assert home.run("logs", "on")[2] == "Answers are logged.\n"
    home.ask("x")
    assert len(home.entries()) == 1
    home.ask("A s3cret.", "--no-log")
    assert len(home.entries()) == 1
    assert b"s3cret" not in home.log.read_bytes()


def test_no_key_is_logged(home: Home) -> None:
    home.ask("x", "--json", "-o", "extra_body.note", '"kept"')
    assert b"s3cret-key" not in home.log.read_bytes()


def test_a_failure_is_logged_and_not_gone_on_from(home: Home, simulator: Simulator) -> None:
    code, _, _ = home.run("ask", "x", "-m", "openai/gpt-5-mini:completions", "-o", "seed", "1")
    assert code == 0
    nowhere = {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}
    assert home.run("ask", "And?", "-c", env=nowhere)[0] == 1
    last = home.entries()[-1]
    assert last["state"] == "failed" or last["state"] == "pending"
    assert last["error"].startswith("ConnectionError")
    home.ask("Again?", "-c")
    assert [role for role, _ in said(simulator)] == ["user", "assistant", "user"]


def test_a_broken_answer_is_gone_on_from(home: Home, simulator: Simulator) -> None:
    simulator.__init__([Turn(text="Once upon a time", fault=Cut()), "there was."])  # type: ignore[misc]
    assert home.run("ask", "Tell.", *COMPLETIONS)[0] == 1
    assert home.entries()[0]["state"] == "truncated"
    partial = home.entries()[0]["text"]
    assert partial
    assert "Once upon a time".startswith(partial)
    home.ask("Go on.", "-c")
    assert said(simulator) == [("user", "Tell."), ("assistant", partial), ("user", "Go on.")]


# --- reading it


def test_listing_and_searching(home: Home) -> None:
    for question in ("One\nline?", "ÄPFEL or pears?", "100% sure_?"):
        home.ask(question)
    code, out, _ = home.run("logs")
    assert code == 0
    assert [line.split("  ")[-1] for line in out.splitlines()] == [
        "One line?",
        "ÄPFEL or pears?",
        "100% sure_?",
    ]
    found = {
        word: [one["id"] for one in home.entries("search", *word.split())]
        for word in ("äpfel", "PEARS Äpfel", "%", "_", "e_", "nowhere", "one real")
    }
    assert found == {
        "äpfel": [2],
        "PEARS Äpfel": [2],
        "%": [3],
        "_": [3],
        "e_": [3],
        "nowhere": [],
        "one real": [1, 2, 3],
    }
    assert [one["id"] for one in home.entries("list", "-n", "2")] == [2, 3]
    assert [one["id"] for one in home.entries("list", "-n", "0", "-m", "MINI")] == [1, 2, 3]
    assert home.entries("list", "-m", "claude") == []


@pytest.mark.parametrize("width", [40, 120])
def test_lists_fit(home: Home, width: int) -> None:
    home.ask("A very long question. " * 20)
    _, out, _ = home.run("logs", env={"COLUMNS": str(width)})
    (line,) = out.splitlines()
    assert len(line) == width
    assert line.endswith("…")


@posix
@forking
@pytest.mark.parametrize("plain", [False, True])
def test_showing_on_a_terminal(home: Home, plain: bool) -> None:
    home.ask("What\nis \x1b[2Jup?")
    variables = {**home.variables, **({"NO_COLOR": "1"} if plain else {})}
    code, text = in_terminal("logs", "show", columns=40, **variables)
    assert code == 0
    assert "> What\n> is " in text
    assert "\x1b[2J" not in text
    assert ("\x1b" in text) is not plain


def test_showing(home: Home) -> None:
    home.ask("x")
    home.ask("y")
    assert home.run("logs", "show", "1", "-a")[1].startswith("You said “x”.")
    assert json.loads(home.run("logs", "show", "--json")[1])["question"] == "y"
    code, out, err = home.run("logs", "show", "99")
    assert (code, out, err) == (1, "", "mirascope: nothing is logged as 99\n")


def test_a_reader_that_leaves(home: Home) -> None:
    for number in range(3):
        home.ask(f"{number}")
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*COMMAND, "logs", "--json"][:-1],
        stdout=write,
        stderr=subprocess.PIPE,
        env=environment(**home.variables),
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


# --- going on


def test_going_on(home: Home, simulator: Simulator) -> None:
    home.ask("One?", "-s", "Be brief.")
    home.ask("Two?", "-c")
    home.ask("Three?", "-c", "-s", "Be long.")
    home.ask("Four?", "-c")
    roles = ["system", *["user", "assistant"] * 3, "user"]
    assert [role for role, _ in said(simulator)] == roles
    assert said(simulator)[0][1] == "Be long."
    assert said(simulator, 1)[0][1] == "Be brief."
    assert [text for role, text in said(simulator) if role == "user"] == [
        "One?",
        "Two?",
        "Three?",
        "Four?",
    ]
    conversations = {one["conversation"] for one in home.entries()}
    assert len(conversations) == 1
    home.ask("Other?")
    home.ask("Five?", "--conversation", conversations.pop())
    assert len(said(simulator)) == 10


def test_going_on_asks_the_same_model(home: Home, simulator: Simulator) -> None:
    home.ask("One?")
    code, _, err = home.run("ask", "Two?", "-c")
    assert code == 0
    assert err.startswith("openai/gpt-5-mini:completions · ")
    assert len(said(simulator)) == 3


def test_what_was_attached_and_done_is_known_later(
    home: Home, simulator: Simulator, tmp_path: Path
) -> None:
    (tmp_path / "photo").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(24))
    (tmp_path / "hills.py").write_text("def height(hill: str) -> int: return 490\n")
    call = Turn(tool_calls=[("height", {"hill": "Peninha"})])
    simulator.__init__([call, "490.", "As I said."])  # type: ignore[misc]
    home.ask("How high?", "-a", "photo", "-t", "hills.py")
    home.ask("Sure?", "-c")
    roles = [role for role, _ in said(simulator)]
    assert roles == ["user", "assistant", "tool", "assistant", "user"]
    assert "data:image/png" in json.dumps(said(simulator)[0])
    assert home.entries()[0]["tool_runs"][0]["result"] == 490


def test_there_is_nothing_to_go_on_with(home: Home) -> None:
    code, out, err = home.run("ask", "x", "-c")
    assert (code, out) == (2, "")
    assert "no such conversation to go on with" in err
    assert not home.log.exists()
    home.ask("x")
    assert home.run("ask", "x", "--conversation", "nobody")[0] == 2


@posix
def test_ctrl_c_is_logged_with_what_came(home: Home, simulator: Simulator) -> None:
    simulator.__init__([Turn(text="word " * 400, delay=0.02), "ok"])  # type: ignore[misc]
    with subprocess.Popen(
        [*COMMAND, "ask", "x", *COMPLETIONS],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**home.variables),
        bufsize=0,
    ) as process:
        assert process.stdout is not None
        process.stdout.read(10)
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 130
    (entry,) = home.entries()
    assert entry["state"] == "cancelled"
    assert entry["text"].startswith("word")
    home.ask("Go on.", "-c")
    assert said(simulator)[1] == ("assistant", entry["text"])


@posix
def test_ctrl_c_in_a_tool_can_be_gone_on_from(
    home: Home, simulator: Simulator, tmp_path: Path
) -> None:
    (tmp_path / "slow.py").write_text(
        "import time\ndef wait() -> str:\n    time.sleep(3600)\n    return ''\n"
    )
    simulator.__init__([Turn(text="Hm.", tool_calls=[("wait", {})]), "ok"])  # type: ignore[misc]
    with subprocess.Popen(
        [*COMMAND, "ask", "x", "-t", "slow.py", *COMPLETIONS],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**home.variables),
        cwd=tmp_path,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().decode() == "→ wait()\n"
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 130
    home.ask("Go on.", "-c")
    roles = [role for role, _ in said(simulator)]
    assert roles == ["user", "assistant", "tool", "user"]


# --- a log that is in the way


@pytest.mark.parametrize("what", ["garbage", "folder", "newer", "locked", "unwritable"])
def test_a_log_that_cannot_be_written_breaks_no_answer(home: Home, what: str) -> None:
    home.log.parent.mkdir(parents=True)
    holder = None
    if what == "garbage":
        home.log.write_bytes(b"This is no database. " * 99)
    elif what == "folder":
        home.log.mkdir()
    elif what == "newer":
        with closing(sqlite3.connect(home.log)) as made:
            made.execute("PRAGMA user_version = 99")
    elif what == "locked":
        home.ask("x")
        holder = sqlite3.connect(home.log, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
    else:
        home.variables["XDG_DATA_HOME"] = os.devnull
    code, out, err = home.run("ask", "x", *COMPLETIONS)
    assert (code, out[:14]) == (0, "You said “x”. ")
    assert err.splitlines()[-1].startswith("This was not logged: ")
    assert "Traceback" not in err
    if what != "unwritable":
        code, _, err = home.run("logs")
        assert code == 1
        assert err.startswith("mirascope: ")
        assert home.run("ask", "x", "-c")[0] == 2
    if holder is not None:
        holder.close()


def test_many_processes_write_at_once(home: Home) -> None:
    running = [
        subprocess.Popen(
            [*COMMAND, "ask", f"{number}?", *COMPLETIONS],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment(**home.variables),
        )
        for number in range(6)
    ]
    told = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0] * 6, told
    assert sorted(one["question"] for one in home.entries()) == [f"{n}?" for n in range(6)]


def test_half_pairs_of_surrogates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    half = "half \ud83d of it"
    add_entry("c", Record(model="m", question=half, started="", text=half), json.dumps([half]))
    assert read_entries(words=["of it"])[0].record["text"] == half
    assert json.loads(read_messages("c")[0]) == [half]


# --- settings


def test_settings(home: Home) -> None:
    assert home.run("config")[1] == "logs = on\n"
    assert home.run("config", "get", "model")[:2] == (1, "")
    for key, value in [
        ("model", "openai/gpt-5"),
        ("aliases.fast", "openai/gpt-5-mini:completions"),
        ("aliases.my model", "fast"),
        ("logs", "off"),
    ]:
        assert home.run("config", "set", key, value)[0] == 0
    assert home.run("config", "get", "model")[1] == "openai/gpt-5\n"
    assert home.run("config")[1].splitlines() == [
        "model = openai/gpt-5",
        "logs = off",
        "aliases.fast = openai/gpt-5-mini:completions",
        "aliases.my model = fast",
    ]
    path = Path(home.run("config", "path")[1].strip())
    assert path == home.folder / "config" / "mirascope" / "config.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert home.run("ask", "x")[2].startswith("openai/gpt-5 · ")
    assert home.run("ask", "x", "-m", "my model")[2].startswith("openai/gpt-5-mini:completions · ")
    assert home.run("ask", "x", env={"MIRASCOPE_MODEL": "fast"})[2].startswith("openai/gpt-5-mini")
    home.run("config", "unset", "aliases.fast")
    home.run("config", "unset", "model")
    assert "fast =" not in home.run("config")[1]
    assert home.run("ask", "x", "-m", "my model")[0] == 2


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("colour", "red", "colour is not known; there are model, logs, aliases.NAME"),
        ("logs", "maybe", "logs is on or off"),
        ("model", "nonsense", "nonsense is no model's id"),
        ("aliases.", "openai/x", "is not known"),
        ("aliases.a", "a", "a is no model's id"),
    ],
)
def test_settings_that_are_none(home: Home, key: str, value: str, said: str) -> None:
    code, out, err = home.run("config", "set", key, value)
    assert (code, out) == (2, "")
    assert said in err
    assert home.run("config")[1] == "logs = on\n"


@pytest.mark.parametrize("text", ["model = [", "model = 3", "logs = 'x'", "aliases = 1", "x = 1"])
def test_a_file_of_settings_that_cannot_be_read(home: Home, text: str) -> None:
    path = home.folder / "config" / "mirascope" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    for command in (["ask", "x"], ["config"], ["logs", "off"]):
        code, out, err = home.run(*command)
        assert (code, out) == (2, "")
        assert str(path) in err
        assert "Traceback" not in err
