"""The site builds without a warning, needs no network, and leads everywhere it says it does.

The index's own tables are its navigation, so those are looked at without building anything.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest

from tests.test_exports import literal_all
from tests.test_readme_and_examples import ROOT

LLM = ROOT / "src" / "mirascope" / "llm"
MODULES = {
    f"mirascope.llm.{path.parent.name if path.stem == '__init__' else path.stem}": path
    for path in (*LLM.glob("[a-z]*/__init__.py"), *LLM.glob("[a-z]*.py"))
}
FETCHED = {"script": "src", "img": "src", "source": "src", "iframe": "src", "object": "data"}
"""What a browser fetches by itself, apart from `link`."""

needs_docs = pytest.mark.skipif(
    find_spec("mkdocs") is None or find_spec("mkdocstrings_handlers") is None,
    reason="needs the dependency group docs, which `make docs` installs",
)


class Reader(HTMLParser):
    """Collects what a page links to, what it fetches, and what can be linked to in it."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.fetched: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.anchors |= {named.get("id") or "", named.get("name") or ""}
        if tag == "a" and named.get("href"):
            self.links.add(named["href"] or "")
        elif tag in FETCHED and named.get(FETCHED[tag]):
            self.fetched.add(named[FETCHED[tag]] or "")
        elif tag == "link" and named.get("rel") not in ("next", "prev", "canonical"):
            self.fetched.add(named.get("href") or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = ["-m", "mkdocs", "build", "-f", "website/mkdocs.yml", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = built.stdout + built.stderr
    assert built.returncode == 0, said
    assert "WARNING" not in said, said
    return folder


@pytest.fixture(scope="module")
def read(site: Path) -> dict[Path, Reader]:
    return {page: Reader(page) for page in site.rglob("*.html") if page.name != "404.html"}


@needs_docs
def test_every_link_leads_somewhere(site: Path, read: dict[Path, Reader]) -> None:
    broken: list[str] = []
    for page, reader in read.items():
        for link in reader.links | reader.fetched:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if target.is_dir():
                target /= "index.html"
            known: set[str] = read[target].anchors if target in read else set()
            anchor = unquote(parts.fragment) if link in reader.links else ""
            if not target.is_file() or (anchor and anchor not in known):
                broken.append(f"{page.relative_to(site)} -> {link}")
    assert len(read) > 50
    assert broken == []


@needs_docs
def test_nothing_is_fetched_from_a_network(site: Path, read: dict[Path, Reader]) -> None:
    fetched = {url for reader in read.values() for url in reader.fetched}
    assert [url for url in fetched if urlsplit(url).scheme not in ("", "data")] == []
    for style in site.rglob("*.css"):
        assert re.findall(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//\S*", style.read_text()) == []


@needs_docs
@pytest.mark.parametrize("module", ["mirascope.llm", *sorted(MODULES)])
def test_every_public_name_is_in_the_reference(module: str, read: dict[Path, Reader]) -> None:
    path = MODULES.get(module, LLM / "__init__.py")
    anchors = {name for reader in read.values() for name in reader.anchors}
    for name in literal_all(path) or []:
        if f"mirascope.llm.{name}" not in MODULES and not name.startswith("_"):
            assert f"{module}.{name}" in anchors, name


@needs_docs
@pytest.mark.parametrize(
    ("page", "anchor"),
    [
        ("tool-loop.html", "mirascope.llm.tools.tool"),  # `llm.tool`
        ("errors.html", "mirascope.llm.exceptions.RateLimitError"),  # without `llm.`
        ("calls.html", "mirascope.llm.models.Model.stream"),  # of a docstring: `Model.stream`
    ],
)
def test_what_pages_mention_is_linked(page: str, anchor: str, read: dict[Path, Reader]) -> None:
    links = {link for path, reader in read.items() if path.name == page for link in reader.links}
    assert any(link.endswith(f"#{anchor}") for link in links)


@needs_docs
def test_search_finds(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text("utf-8"))
    found = {at["location"] for at in index["docs"] if "structured_stream" in at["title"]}
    assert "reference/responses.html#mirascope.llm.responses.StreamResponse.structured_stream" in (
        found
    )
    titles = [re.sub(r"<[^>]*>", "", at["title"]) for at in index["docs"]]
    assert "StreamResponse.structured_stream" in titles  # and not four times the same
    assert any(
        at["location"].startswith("structured.html") and "structured_stream" in at["text"]
        for at in index["docs"]
    )
    assert (site / "search" / "search_index.js").exists()  # for pages opened from a folder


@needs_docs
def test_every_page_has_a_copy_for_models(site: Path, read: dict[Path, Reader]) -> None:
    listed = set(re.findall(r"\]\((\S+\.md)\)", (site / "llms.txt").read_text("utf-8")))
    pages = {page.relative_to(site).with_suffix(".md").as_posix() for page in read}
    assert pages - listed == {"index.md"}
    assert listed <= pages
    for page in pages:
        assert (site / page).read_text("utf-8").strip(), page
    assert "structured_stream" in (site / "reference" / "responses.md").read_text("utf-8")


def test_every_page_is_in_a_table_of_the_index() -> None:
    """From which the navigation is made: a page in a sentence only would be in none."""
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    _, *sections = re.split(r"^## .+$", index, flags=re.MULTILINE)
    rows = [
        row for part in sections for row in re.findall(r"^\| \[[^\]]+\]\((\S+)\) \|", part, re.M)
    ]
    assert len(rows) == len(set(rows)), "a page is listed twice"
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages - set(rows) == set(), "list it in a table of docs/README.md, below a heading"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_recording_is_of_the_demo_as_it_is(scheme: str) -> None:
    """What it shows of the demo's own source is still there; `make cast` records it anew."""
    drawn = ElementTree.parse(ROOT / "docs" / "assets" / f"stream-{scheme}.svg").getroot()
    space = {"svg": "http://www.w3.org/2000/svg"}
    rows = {re.sub(r"\s", "", "".join(row.itertext())) for row in drawn.findall("svg:g", space)}
    source = (ROOT / "examples" / "demo.py").read_text("utf-8")
    for part in ("text", "tool_loop", "structured"):
        _, _, body = source.partition(f"def {part}() -> None:\n")
        for line in body.partition("\n\n\n")[0].splitlines():
            assert re.sub(r"\s", "", line) in rows, line
    assert "kilometres=9.5," in rows
