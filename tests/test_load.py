"""A small load, with every fault, asked in every way; `make load` runs a large one."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.faulty import Order
from bench.load import WAYS, Run, Tally, fault_in, read
from mirascope import llm

ROOT = Path(__file__).parents[1]


def load(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench.load", *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT)


@pytest.mark.parametrize("way", WAYS)
def test_every_stream_ends_as_it_should(way: str) -> None:
    done = load(way, "--seconds", "2", "--streams", "50", "--pause", "10", "--patience", "0.5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "! " not in done.stdout
    assert re.search(r"wrong ends +0\n", done.stdout), done.stdout
    assert re.search(r"[1-9]\d* none, [1-9]\d* cut", done.stdout), done.stdout


@pytest.mark.parametrize(
    ("turn", "fault", "wrong"),
    [
        (llm.testing.Turn(text="7w0 7w1 "), "none", None),
        (llm.testing.Turn(text="7w0 "), "none", "text"),
        (llm.testing.Turn(text="7w0 7w1 "), "busy", "state, error, text"),
        (llm.testing.Turn(fault=llm.testing.Status(429)), "busy", None),
        (llm.testing.Turn(fault=llm.testing.Status(429)), "overload", "error, text"),
        (llm.testing.Turn(fault=llm.testing.Status(429)), "none", "state, error, text"),
    ],
)
def test_a_wrong_end_is_noticed(turn: llm.testing.Turn, fault: str, wrong: str | None) -> None:
    order = Order.read(f"load 7 2 0 {fault} 1")
    with llm.testing.simulate(script=[turn]):
        ending = asyncio.run(read(llm.Model("openai/gpt-5-mini"), order, Tally()))
    said = fault_in("plain", order, ending)
    assert said is None if wrong is None else said and f"wrong {wrong}:" in said


@pytest.mark.parametrize(
    ("grown", "blocks", "complaint"),
    [
        ({}, 0, None),
        ({"descriptors": 1}, 0, "left behind: {'descriptors': 1}"),
        ({}, 3, "3 blocks of memory are kept"),
    ],
)
def test_what_is_left_is_noticed(
    grown: dict[str, int],
    blocks: int,
    complaint: str | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    options = argparse.Namespace(seconds=60, patience=1, seed=0)
    load = Run("plain", options, itertools.count())
    load.tally.right["none"] = 3
    assert load.report(1.0, grown, blocks) is (complaint is None)
    assert (complaint or "nothing") in capsys.readouterr().out


def test_memory_that_grows_is_noticed() -> None:
    options = argparse.Namespace(seconds=60, patience=1, seed=0)
    load = Run("plain", options, itertools.count())
    load.tally.memory = [(float(second), 100.0 + second) for second in range(60)]
    assert not load.report(1.0, {}, 0)


def test_a_way_that_does_not_exist() -> None:
    assert "no way nonsense" in load("nonsense").stderr
