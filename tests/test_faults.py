"""Some cells of every fault; `make faults` tries them all."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from attack.fault_rows import ROWS

ROOT = Path(__file__).parents[1]


def faults(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "attack.faults", *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT)


def test_every_fault_ends_as_it_is_said_to() -> None:
    done = faults("--few", "--most", "1000")
    wrong = [line for line in done.stdout.splitlines() if line.lstrip().startswith("! ")]
    assert wrong == []
    assert done.returncode == 0, done.stdout + done.stderr
    tried = re.findall(r"^(.{18}) *(\d+) cells", done.stdout, re.MULTILINE)
    assert [name.strip() for name, _ in tried] == list(ROWS)
    assert all(int(count) >= 2 for _, count in tried)


def test_the_page_has_every_fault_and_nothing_wrong() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    table = page.partition("<!-- faults: begin -->")[2].partition("<!-- faults: end -->")[0]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")][2:]
    assert [row[0].removeprefix("| ") for row in rows] == list(ROWS)
    assert {row[-1] for row in rows} == {"0 |"}


def test_a_row_that_does_not_exist() -> None:
    done = faults("nonsense")
    assert "no row 'nonsense'" in done.stderr
    assert done.returncode == 2
