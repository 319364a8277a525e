"""Programs as users of v1 write them, each a file here, run against the loopback wires.

The comments at a program's top say what the model answers and what the program prints:

    # model: a text                             the next answer
    # model[words]: a text                      the answer to whatever request has these words
    # model: CALL name {"argument": 1} CALL …   an answer that calls tools
    # model: ERROR                              an answer that is an error
    # prints: a line                            what is printed, every line of it
    # needs: a module                           without it the program is skipped
    # alone                                     it sets what is set for the whole process
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import re
import runpy
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("openai")  # which nearly all of them use

from tests.core.loopback import Loopback, Script, Seen, ToolScript
from tests.v1_names import NAMES

HERE = Path(__file__).parent
PROGRAMS = sorted(path for path in HERE.glob("*.py") if not path.name.startswith(("_", "test_")))
ROOT = HERE.parents[2]
MODEL = re.compile(r"^# model(?:\[(.+?)\])?: (.*)$", re.MULTILINE)
PRINTS = re.compile(r"^# prints: ?(.*)$", re.MULTILINE)
CALL = re.compile(r"CALL (\w+) (\{.*?\})(?= CALL |$)")


def script(said: str) -> Script:
    if said == "ERROR":
        return Script(status=400)
    if said.startswith("CALL "):
        calls = enumerate(CALL.findall(said))
        tools = tuple(
            ToolScript(f"call_{n}", name, (arguments[:3], arguments[3:]))
            for n, (name, arguments) in calls
        )
        return Script(texts=(), tools=tools, finish="tool_calls")
    return Script(texts=tuple(re.findall(r"\S+\s*", said)))


def answers(source: str) -> Callable[[Seen], Script]:
    told = MODEL.findall(source)
    chosen = [(words, script(said)) for words, said in told if words]
    in_order = iter([script(said) for words, said in told if not words])

    def answer(seen: Seen) -> Script:
        request = json.dumps(seen.body, ensure_ascii=False)
        for words, each in chosen:
            if words in request:
                return each
        return next(in_order)

    return answer


def run_here(path: Path) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as printed, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        runpy.run_path(str(path), run_name="__main__")
    return printed.getvalue()


def run_alone(path: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    command = [sys.executable, "-W", "ignore", str(path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_program(
    path: Path, loopback: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sdk in re.findall(r"^# needs: (.*)$", source := path.read_text("utf-8"), re.MULTILINE):
        pytest.importorskip(sdk)
    loopback.answer = answers(source)
    monkeypatch.chdir(tmp_path)
    run = run_alone if "\n# alone\n" in source else run_here
    assert run(path).splitlines() == PRINTS.findall(source)
    expected = sum(not words for words, _ in MODEL.findall(source))
    assert len(loopback.seen) >= expected, "an answer was never asked for"


def imported() -> set[tuple[str, str]]:
    trees = [ast.parse(path.read_text("utf-8")) for path in PROGRAMS]
    return {
        (node.module or "", alias.name)
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_there_is_a_program_for_every_name() -> None:
    promised = {(module, name) for module, names in NAMES.items() for name in names.split()}
    assert promised - imported() == set()


def test_there_are_many_of_them_in_both_colours() -> None:
    sources = [path.read_text("utf-8") for path in PROGRAMS]
    assert len(sources) >= 40
    assert sum("async def" in source for source in sources) >= 10
