"""A small attack, of every family; `make attack` runs a large one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from attack.families import FAMILIES

ROOT = Path(__file__).parents[1]

OPEN = (" escaped ",)
"""What is in the faults that are known and open: wrong arguments that are noticed too late, which
only `misuse` finds."""


def attack(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "attack", *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_holds(family: str) -> None:
    done = attack(family, "--cases", "32", "--parts", "1", "--most", "1000")
    faults = [line for line in done.stdout.splitlines() if line.lstrip().startswith("! ")]
    assert [fault for fault in faults if not any(open in fault for open in OPEN)] == []
    assert f"{family:<10}     32 cases" in done.stdout, done.stdout + done.stderr


def test_a_case_can_be_repeated() -> None:
    done = attack("endings", "--case", "3")
    assert done.stdout.startswith("python -m attack endings --case 3: holds\n"), done.stdout
    assert done.returncode == 0


def test_a_family_that_does_not_exist() -> None:
    assert "no family 'nonsense'" in attack("nonsense").stderr
