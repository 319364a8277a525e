"""Every sample of the README, the docs and the examples runs, without a key, on the simulator.

Samples of one page share a namespace, in order, so a sample may continue an earlier one. A block
marked ``output`` right after a sample is what that sample prints, to the letter. Functions named
``test_...`` in a sample are called. What belongs to another library, or to a notebook, says in its
title that it is not run; it is only compiled.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from types import ModuleType

import pytest

from mirascope import llm
from tests.vendors import PAGE, TABLES, with_tables

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLES = sorted(path for path in (ROOT / "examples").glob("*.py") if path.name != "run.py")

FENCE = re.compile(
    r'^```(\w*)(?: title="(?P<title>[^"\n]*)")?\n(?P<code>.*?)^```$', re.MULTILINE | re.DOTALL
)
NOT_RUN = " (not run)"
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")


@dataclass(frozen=True)
class Sample:
    line: int
    """Of the first line of code in its page."""
    code: str
    output: str | None


def samples(page: Path) -> list[Sample]:
    text = page.read_text("utf-8")
    found: list[Sample] = []
    fences = list(FENCE.finditer(text))
    for fence, after in zip_longest(fences, fences[1:]):
        if fence[1] == "python" and not (fence["title"] or "").endswith(NOT_RUN):
            output = None
            if after is not None and after[1] == "output":
                assert text[fence.end() : after.start()].strip() == "", "output follows its sample"
                output = after["code"]
            line = text.count("\n", 0, fence.start("code")) + 1
            found.append(Sample(line, fence["code"], output))
    return found


@contextlib.contextmanager
def module(name: str) -> Iterator[ModuleType]:
    """Make a module for a page's samples: schemas and type hints look their module up by name."""
    made = ModuleType(name)
    sys.modules[name] = made
    try:
        yield made
    finally:
        del sys.modules[name]


def run(page: Path, sample: Sample, namespace: dict[str, object]) -> str:
    """Run a sample, its line numbers those of the page, and return what it printed."""
    padded = "\n" * (sample.line - 1) + sample.code
    before = set(namespace)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(padded, str(page), "exec", dont_inherit=True), namespace)
        for name in sorted(namespace.keys() - before):
            test = namespace[name]
            if name.startswith("test_") and callable(test):
                test()
    return printed.getvalue()


def without_trailing_space(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def relative(path: object) -> str:
    return str(path.relative_to(ROOT)) if isinstance(path, Path) else str(path)


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_samples_of_a_page(page: Path) -> None:
    with module(f"page_{page.stem.replace('-', '_').lower()}") as home, llm.testing.simulate():
        for sample in samples(page):
            printed = run(page, sample, home.__dict__)
            if sample.output is not None:
                expected = without_trailing_space(sample.output)
                assert without_trailing_space(printed) == expected, f"{page}:{sample.line}"


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_what_is_not_run_is_not_ours(page: Path) -> None:
    """Only pages for those who come from elsewhere have such code, and that of notebooks."""
    for fence in FENCE.finditer(page.read_text("utf-8")):
        if (fence["title"] or "").endswith(NOT_RUN):
            compile(fence["code"], str(page), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            assert page.name == "jupyter.md" or page.name.startswith("from-")
            assert page.name in ("jupyter.md", "from-mirascope-2.md") or (
                "mirascope" not in fence["code"]
            )


@pytest.mark.parametrize("example", EXAMPLES, ids=relative)
def test_example(example: Path) -> None:
    with (
        llm.testing.simulate(),
        contextlib.redirect_stdout(io.StringIO()) as printed,
    ):
        runpy.run_path(str(example), run_name="__main__")
    assert printed.getvalue().strip()


def test_examples_run_as_scripts() -> None:
    """As a user starts them: their folder comes first where Python looks for modules."""
    assert {path.stem for path in EXAMPLES} & sys.stdlib_module_names == set()
    command = [sys.executable, str(ROOT / "examples" / "run.py"), "text"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "complete; Usage(" in done.stdout


def test_the_first_sample_runs_as_pasted_without_a_key() -> None:
    """Nor with any other vendor's key, and without the simulator of these tests."""
    bare = {name: value for name, value in os.environ.items() if not name.endswith("_KEY")}
    pasted = subprocess.run(
        [sys.executable, "-"],
        env={**bare, "PYTHONPATH": str(ROOT / "src")},
        input=samples(ROOT / "README.md")[0].code,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "0" in pasted.stdout
    assert pasted.stderr == ""


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text("utf-8"))
    for target, anchor in LINK.findall(text):
        linked = (page.parent / target) if target else page
        assert linked.exists(), f"{page.name} links to {target}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", linked.read_text("utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
            assert anchor in slugs, f"{page.name} links to {target}#{anchor}"


def test_every_vendor_is_on_the_providers_page() -> None:
    """With its scope, and the variables it reads."""
    page = (ROOT / "docs" / "providers.md").read_text("utf-8")
    for row in llm.providers.ROWS.values():
        for word in (*row.scopes, *row.key_env, *row.base_url_env):
            assert f"`{word}`" in page, f"{row.id}: {word}"


def test_the_tables_of_vendors_are_those_of_the_catalog() -> None:
    """`make vendors ARGS=--write` makes them so."""
    page = PAGE.read_text("utf-8")
    assert with_tables(page) == page
    for name in TABLES:
        with pytest.raises(ValueError, match=name):
            with_tables(page.replace(f"<!-- {name}: end -->", ""))


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in index, page.name
