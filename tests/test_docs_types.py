"""Both type checkers, strict, over every sample of the docs and the examples; how much is typed.

The samples of a page are one module, each at its line of the page. They share names as the cells of
a notebook do, so mypy lets a name be bound again to something else, as pyright always does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_readme_and_examples import PAGES, ROOT, samples

ENVIRONMENT = {
    **os.environ,
    # The packages of this environment, also for a checker that looks for the first `python`.
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    "PYTHONPATH": str(ROOT / "src"),
    "MYPYPATH": str(ROOT / "src"),
}
LEAST_KNOWN = 0.99
"""So much of what `mirascope.llm` exports has a type that every checker takes for the same."""


def write_samples(folder: Path) -> None:
    for page in PAGES:
        lines = [""] * page.read_text("utf-8").count("\n")
        for sample in samples(page):
            code = sample.code.splitlines()
            lines[sample.line - 1 : sample.line - 1 + len(code)] = code
        if any(lines):
            name = page.relative_to(ROOT).with_suffix("").as_posix()
            text = "\n".join(lines).rstrip() + "\n"
            (folder / f"{name.replace('/', '_').replace('-', '_').lower()}.py").write_text(text)


def check(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    write_samples(folder)
    (folder / "examples").symlink_to(ROOT / "examples")
    return folder


def test_mypy_finds_nothing_in_samples_and_examples(pages: Path) -> None:
    options = ["--strict", "--allow-redefinition", "--explicit-package-bases"]
    cache = ROOT / ".mypy_cache" / "samples"  # it takes a minute without
    found = check("mypy", *options, "--cache-dir", str(cache), ".", folder=pages)
    assert found.returncode == 0, found.stdout + found.stderr


def test_pyright_finds_nothing_in_samples_and_examples(pages: Path) -> None:
    config = {
        "include": ["*.py", "examples"],
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "extraPaths": [str(ROOT / "src")],
    }
    (pages / "pyrightconfig.json").write_text(json.dumps(config))
    found = check("pyright", "--pythonpath", sys.executable, folder=pages)
    assert found.returncode == 0, found.stdout + found.stderr


def test_what_is_exported_has_types(tmp_path: Path) -> None:
    options = ["--ignoreexternal", "--outputjson", "--verifytypes", "mirascope.llm"]
    found = check("pyright", *options, folder=tmp_path)
    report = json.loads(found.stdout)["typeCompleteness"]
    unknown = [
        (symbol["name"], [told["message"] for told in symbol["diagnostics"]])
        for symbol in report["symbols"]
        if symbol["isExported"] and not symbol["isTypeKnown"]
    ]
    assert report["completenessScore"] >= LEAST_KNOWN, unknown
