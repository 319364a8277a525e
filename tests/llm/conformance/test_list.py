"""The list at the top of this folder is whole, and names what there is."""

from __future__ import annotations

import re
from pathlib import Path

from tests.llm import conformance

TESTS = Path(__file__).parents[2]


def test_every_item_is_shown_by_modules_that_there_are() -> None:
    rows = re.findall(r"^\| (\d+) [^|]*\| ([^|]+) \|$", conformance.__doc__ or "", re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 11))
    named = {module for _, modules in rows for module in modules.split(", ")}
    assert [module for module in sorted(named) if not (TESTS / module).is_file()] == []
    here = {f"llm/conformance/{path.name}" for path in Path(__file__).parent.glob("test_*.py")}
    assert here - named == {"llm/conformance/test_list.py"}
