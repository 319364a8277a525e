"""The v1 samples of the documentation run; those of `llm` run with the other pages."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from .loopback import Loopback, Script
from .vendors import BY_NAME

PAGE = Path(__file__).parents[2] / "docs" / "v1.md"
SAMPLES = re.findall(r"^```py\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(not BY_NAME["openai"].installed, reason="openai is not installed")
@pytest.mark.parametrize("code", SAMPLES)
def test_sample(code: str, loopback: Loopback) -> None:
    loopback.script = Script(texts=('{"title": ', '"Tea"}'))
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, str(PAGE), "exec", dont_inherit=True), {"__name__": "sample"})
    assert "Tea" in printed.getvalue()


def test_every_vendor_is_on_the_page() -> None:
    text = PAGE.read_text("utf-8")
    assert all(f"`mirascope[{name}]`" in text for name in BY_NAME)
