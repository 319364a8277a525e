"""A small attack, of every family; `make attack` runs a large one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from attack.case import ROUND
from attack.families import FAMILIES
from attack.families.misuse import DOORS

ROOT = Path(__file__).parents[1]


def attack(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "attack", *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_holds(family: str) -> None:
    done = attack(family, "--cases", "48", "--parts", "1", "--most", "1000")
    faults = [line for line in done.stdout.splitlines() if line.lstrip().startswith("! ")]
    assert faults == []
    assert f"{family:<10}     48 cases" in done.stdout, done.stdout + done.stderr


def test_every_door_refuses_what_it_does_not_take() -> None:
    """Doors change every round of cases, so that the few above know two of them."""
    cases = str(ROUND * 3 * len(DOORS))
    done = attack("misuse", "--cases", cases, "--parts", "1", "--seed", "1", "--most", "1000")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_case_can_be_repeated() -> None:
    done = attack("endings", "--case", "3")
    assert done.stdout.startswith("python -m attack endings --case 3: holds\n"), done.stdout
    assert done.returncode == 0


def test_a_family_that_does_not_exist() -> None:
    assert "no family 'nonsense'" in attack("nonsense").stderr
