"""What the site adds to MkDocs: pages from elsewhere, navigation from the index, copies for models.

https://www.mkdocs.org/user-guide/configuration/#hooks
"""

from __future__ import annotations

import builtins
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page

from website import pages, reference

ASSETS = Path(__file__).with_name("assets")
NOT_RUN = re.compile(
    r'^```python title="[^"\n]*\(not run\)"\n.*?^```\n\n```python\n.*?^```$',
    re.MULTILINE | re.DOTALL,
)
"""Somebody else's code, and ours right after it: the two stand side by side."""

LINKED = re.compile(
    r"<(a|pre|h[1-6])\b.*?</\1>"
    r"|<code>(?P<name>llm(?:\.\w+)+|[A-Z]\w*[a-z]\w*(?:\.\w+)?)(?:\([^<]*\))?</code>",
    re.DOTALL,
)
"""Code outside of links, blocks and headings that may name something of ours."""

MEMBER = re.compile(
    r'(<h[3-6] id="[\w.]+\.(?P<owner>\w+)\.\w+" class="doc doc-heading">\s*'
    r'(?:<code [^>]*></code>\s*)?<span class="doc doc-object-name [^"]*">)'
)
"""The heading of what belongs to a class, up to its name; search shows nothing but headings."""

CELL = re.compile(r"(?<=<td>).*?(?=</td>)", re.DOTALL)
CODE = re.compile(r"(?<=<code>)[^<]*(?=</code>)")
AFTER = re.compile(r"(?<=\w)[_/:.](?=\w)")
"""What the name of a variable or of a model may break after, where a table is narrow."""

_sources: dict[str, Path] = {}
"""The file in the repository that a page of the site comes from."""
_copies: dict[str, str] = {}
"""The Markdown of each page, by its address."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    sections: list[dict[str, object]] = [{"mirascope": "index.md"}]
    for title, rows in pages.navigation().items():
        sections.append({title: [{name: pages.address(path)} for name, path in rows]})
    api: list[object] = ["reference/index.md"]
    for module in reference.packages():
        api.append({module.removeprefix("mirascope."): f"reference/{module.rpartition('.')[2]}.md"})
    sections.insert(-2, {"API": api})
    config.nav = sections
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    _sources.clear()
    _copies.clear()
    for file in list(files.documentation_pages()):
        assert file.abs_src_path is not None
        _sources[file.src_uri] = Path(file.abs_src_path)
    readme = files.get_file_from_path("README.md")
    assert readme is not None
    files.remove(readme)  # it is the front page, together with what greets
    listed = {path for rows in pages.navigation().values() for _, path in rows}
    for path in [pages.INDEX, *pages.outside()]:
        place = pages.address(path)
        assert place is not None
        _sources[place] = path
        level = InclusionLevel.UNDEFINED if path in listed else InclusionLevel.NOT_IN_NAV
        text = pages.text_of(path)
        if path.name == "CHANGELOG.md":
            text += unreleased()
        files.append(File.generated(config, place, content=text, inclusion=level))
    files.append(File.generated(config, "reference/index.md", content=reference.index()))
    for module in reference.packages():
        place = f"reference/{module.rpartition('.')[2]}.md"
        files.append(File.generated(config, place, content=reference.page(module)))
    for asset in sorted(ASSETS.iterdir()):
        place = f"assets/{asset.name}"
        files.append(File.generated(config, place, abs_src_path=str(asset)))
    return files


def unreleased() -> str:
    """Return what comes next, from the news fragments."""
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "Next"]
    done = subprocess.run(command, cwd=pages.ROOT, capture_output=True, text=True, check=True)
    _, _, news = done.stdout.partition("## ")
    return f"\n## {news}"


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    place = page.file.src_uri
    if place in _sources:
        markdown = pages.relinked(markdown, _sources[place])
    _copies[place] = markdown
    if place == "index.md":
        page.meta["hide"] = ["navigation"]  # it would be this page alone
    elif place.startswith("from-"):
        page.meta["hide"] = ["toc"]  # room for two columns
    return NOT_RUN.sub(r'<div class="sides" markdown>\n\n\g<0>\n\n</div>', markdown)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Link names of ours to their entries, say whose members are, and let tables be narrow."""

    def linked(found: re.Match[str]) -> str:
        anchor = anchor_of(found["name"]) if found["name"] else None
        if anchor is None:
            return found[0]
        return f'<autoref identifier="{anchor}" optional>{found[0]}</autoref>'

    html = LINKED.sub(linked, html)
    html = MEMBER.sub(r'\1<span class="owner">\g<owner>.</span>', html)
    return CELL.sub(lambda cell: CODE.sub(_breakable, cell[0]), html)


def _breakable(name: re.Match[str]) -> str:
    return AFTER.sub(r"\g<0><wbr>", name[0])


def anchor_of(mention: str) -> str | None:
    """Return the anchor of what is written as `llm.Model`, `Model` or `Model.call`."""
    owner, _, member = mention.rpartition(".")
    if mention in anchors():
        return anchors()[mention]
    return f"{anchors()[owner]}.{member}" if owner in anchors() else None


@cache
def anchors() -> dict[str, str]:
    """Return the anchor of each public name, by how it is written.

    Without `llm.` in front, what Python has too is Python's.
    """
    names: dict[str, str] = {}
    for module, exports in ((reference.LLM, reference.top()), *reference.packages().items()):
        for name in exports:
            anchor = reference.place(f"{module}.{name}")
            names[f"{module}.{name}".removeprefix("mirascope.")] = anchor
            if not hasattr(builtins, name):
                names.setdefault(name, anchor)
    return names


def on_post_build(config: MkDocsConfig) -> None:
    """Write each page's Markdown beside it, and the list of all: https://llmstxt.org."""
    site = Path(config.site_dir)
    for place, text in _copies.items():
        if place.startswith("reference/") and place != "reference/index.md":
            text = reference.markdown(f"{reference.LLM}.{Path(place).stem}")
        copy = site / place
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text, "utf-8")
    (site / "llms.txt").write_text(llms(), "utf-8")


def llms() -> str:
    lines = [
        "# mirascope\n",
        "> One interface to every large language model, built around streaming.\n",
    ]
    listed = {"index.md"}
    for title, rows in pages.navigation().items():
        lines.append(f"## {title}\n")
        for name, path in rows:
            place = pages.address(path)
            assert place is not None
            listed.add(place)
            lines.append(f"- [{name}]({place})")
        lines.append("")
    for title, start in (("API", "reference/"), ("Optional", "")):
        lines.append(f"## {title}\n")
        for place in sorted(set(_copies) - listed):
            if place.startswith(start):
                listed.add(place)
                lines.append(f"- [{place.removeprefix('project/').removesuffix('.md')}]({place})")
        lines.append("")
    return "\n".join(lines)
