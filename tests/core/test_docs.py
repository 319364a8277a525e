"""The v1 samples of the documentation run; those of `llm` run with the other pages."""

from __future__ import annotations

import contextlib
import io
import re
import runpy
from pathlib import Path

import pytest

from tests.llm.cli.test_main import simulator

from .loopback import Loopback, Script
from .vendors import BY_NAME

PAGE = Path(__file__).parents[2] / "docs" / "v1.md"
EXAMPLES = PAGE.parents[1] / "examples" / "v1"
SAMPLES = re.findall(r"^```py\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(not BY_NAME["openai"].installed, reason="openai is not installed")
@pytest.mark.parametrize("code", SAMPLES)
def test_sample(code: str, loopback: Loopback) -> None:
    loopback.script = Script(texts=('{"title": ', '"Tea"}'))
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, str(PAGE), "exec", dont_inherit=True), {"__name__": "sample"})
    assert "Tea" in printed.getvalue()


@pytest.mark.skipif(not BY_NAME["openai"].installed, reason="openai is not installed")
@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_example(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the current API's simulator, which the SDK takes for its vendor."""
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    with simulator("--port", "0") as (port, _):
        monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{port}/v1")
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            runpy.run_path(str(path), run_name="__main__")
    assert "1 call(s)" in printed.getvalue()
    assert "['stop']" in printed.getvalue()


def test_every_vendor_is_on_the_page() -> None:
    text = PAGE.read_text("utf-8")
    assert all(f"| `{name}` | " in text for name in BY_NAME)
