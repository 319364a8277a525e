"""No text tells anyone to install this project by its name: by name, another one is fetched."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mirascope._install import how_to_install

ROOT = Path(__file__).parents[1]
FOLDERS = ("src", "docs", "examples", "newsfragments", "bench")
SUFFIXES = {".py", ".md", ".txt", ".toml", ".cfg", ".ini", ".yml", ".yaml", ".jinja", ".ipynb"}

_NAME = r"""["'`\\]*mirascope(?=[\s"'`\\\[@=<>~!,;:)]|\.?$|\.\s)"""
BY_NAME = re.compile(
    # A tool, what it is to do, options and other packages, and this one: over line ends as well.
    r"\b(?:pip[\d.]*|pipx|uv|poetry|pdm|rye|hatch|conda|mamba|pixi)\s+(?:-[-\w]+\s+)*"
    r"(?:pip\s+|tool\s+)?(?:install|add|run|inject|download|sync|wheel)"
    rf"(?:[\s\\]+[^\s`]+?){{0,8}}?[\s\\]+{_NAME}"
    rf"|\b(?:uvx|easy_install|--with|--from)[\s=]+(?:-[-\w]+\s+)*{_NAME}"
    r"|\bmirascope\[[\w{]"  # the name with an extra is a requirement, wherever it stands
    r"""|\bdependencies\s*=\s*\[[^\]]*["']mirascope\b""",  # the head of a script
    re.MULTILINE,
)


def texts() -> Iterator[Path]:
    yield from (path for path in ROOT.iterdir() if path.suffix in SUFFIXES)
    yield ROOT / "Makefile"
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in SUFFIXES and "__pycache__" not in path.parts:
                yield path


def test_no_text_installs_it_by_name() -> None:
    found = list(texts())
    assert {"README.md", "cli.md", "simulate.py", "tool_loop.py"} <= {path.name for path in found}
    wrong: list[str] = []
    for path in found:
        text = path.read_text("utf-8")
        for match in BY_NAME.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            wrong.append(f"{path.relative_to(ROOT)}:{line}: {match[0]}")
    assert not wrong, "say it for a checkout, pip install '.[cli]':\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "pip install mirascope",
        "pip install mirascope.",
        "pip install 'mirascope[cli]'",
        'pip3 install -U "mirascope"',
        "python -m pip install --upgrade mirascope==2.0",
        "`pip install openai mirascope`",
        "run pip install\nmirascope to",
        "pip install --index-url https://example.org/simple mirascope",
        "uv add mirascope",
        "uv add --dev 'mirascope[openai]'",
        "uv pip install mirascope",
        "uv tool install mirascope",
        "uvx mirascope ask",
        "uv run --with mirascope python",
        "uvx --from mirascope mirascope",
        "pipx run mirascope",
        "poetry add mirascope@latest",
        "pdm add mirascope",
        "conda install -c conda-forge mirascope",
        'f"mirascope[{extra}]"',
        '# dependencies = ["rich", "mirascope"]',
    ],
)
def test_what_is_found(text: str) -> None:
    assert BY_NAME.search(text), text


@pytest.mark.parametrize(
    "text",
    [
        "pip install '.[cli]'",
        "pip install .` in the checkout, and then `mirascope ask`",
        "git clone <this repository> mirascope && cd mirascope",
        "uv run mirascope-bench",
        "pip install ./mirascope",
        "add a vendor to mirascope",
        "import mirascope",
    ],
)
def test_what_is_not_found(text: str) -> None:
    assert not BY_NAME.search(text), text


def test_the_sentence() -> None:
    assert how_to_install("cli") == "in a checkout of this project, pip install '.[cli]'"


def test_the_servers_module_says_how_to_install_its_extra() -> None:
    code = (
        "import sys; sys.modules['uvicorn'] = None\n"
        "try:\n"
        "    import mirascope.llm.testing.server\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    environment = {"PYTHONPATH": str(ROOT / "src")}
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert how_to_install("server") in said
    assert not BY_NAME.search(said)
