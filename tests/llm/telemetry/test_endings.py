"""The spans of every way in which an answer can end, golden, in both colours.

Run as a module, this writes the golden file: ``python -m tests.llm.telemetry.test_endings``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mirascope import llm
from tests.llm.conftest import Colour
from tests.llm.telemetry.endings import ENDINGS
from tests.llm.telemetry.spans import Exported

GOLDEN = Path(__file__).parent / "endings.json"


def spans_of(name: str, colour: Colour) -> list[dict[str, Any]]:
    exported = Exported()
    port = ENDINGS[name](colour, exported.trace())
    exported.close()
    return exported.plain(port=port)


@pytest.mark.parametrize("name", ENDINGS)
def test_the_spans_of_an_ending(name: str, colour: Colour) -> None:
    assert spans_of(name, colour) == json.loads(GOLDEN.read_text("utf-8"))[name]


def test_every_ending_is_in_the_file() -> None:
    assert json.loads(GOLDEN.read_text("utf-8")).keys() == ENDINGS.keys()


def test_every_question_that_was_put_has_one_span() -> None:
    for name, spans in json.loads(GOLDEN.read_text("utf-8")).items():
        assert len(spans) == (0 if name == "never_read" else 1), name


if __name__ == "__main__":
    found: dict[str, Any] = {}
    for ending in ENDINGS:
        llm.reset_provider_registry()
        found[ending] = spans_of(ending, Colour(asynchronous=False))
    GOLDEN.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
