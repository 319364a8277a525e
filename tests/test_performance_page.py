"""docs/performance.md says what its run says."""

from __future__ import annotations

import copy
import json
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from bench.page import DATA, PAGE, files


@pytest.fixture
def data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DATA.read_text("utf-8"))
    return found


def test_the_page_and_its_plots_are_those_of_the_run(data: dict[str, Any]) -> None:
    for path, text in files(data, PAGE.read_text("utf-8")).items():
        assert path.read_text("utf-8") == text, f"{path.name}: python -m bench.page"


def test_another_run_makes_another_page(data: dict[str, Any]) -> None:
    other = copy.deepcopy(data)
    other["rows"]["request"]["peers"]["mirascope"]["median"] += 1234
    now, then = (files(one, PAGE.read_text("utf-8")) for one in (data, other))
    changed = {path.name for path in now if now[path] != then[path]}
    assert changed == {"performance.md", "requests.svg"}


def test_plots_are_drawings_for_light_and_dark(data: dict[str, Any]) -> None:
    plots = [text for path, text in files(data, PAGE.read_text("utf-8")).items() if path != PAGE]
    assert len(plots) == 3
    for plot in plots:
        assert ET.fromstring(plot).tag.endswith("svg")
        assert "prefers-color-scheme:dark" in plot


def test_a_page_without_a_place_for_a_table_is_refused(data: dict[str, Any]) -> None:
    page = PAGE.read_text("utf-8").replace("<!-- memory: begin -->", "")
    with pytest.raises(ValueError, match="memory"):
        files(data, page)
