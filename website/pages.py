"""Which files of the repository are pages of the site, where they are there, and their links.

Files in docs/ keep their place. What a page links to outside of docs/, such as CONTRIBUTING.md or
an example, becomes a page too, below project/, so that no link leads out of the site.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["DOCS", "INDEX", "ROOT", "address", "navigation", "outside", "relinked", "text_of"]

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
INDEX = DOCS / "README.md"
"""Its tables are the navigation, and itself the front page's second half."""
FRONT = ROOT / "website" / "front.md"

FENCE = re.compile(r"^(`{3,})[^\n]*\n.*?^\1$\n?", re.MULTILINE | re.DOTALL)
LINK = re.compile(
    r"(?P<text>\[(?:[^\[\]]|\[[^\]]*\])*\])\((?!\w+:)(?P<to>[^)#\s]*)(?P<at>#[^)\s]*)?\)"
)
ROW = re.compile(r"^\| \[(?P<title>[^\]]+)\]\((?P<to>[^)]+)\) \|", re.MULTILINE)
SECTION = re.compile(r"^## (?P<title>.+)$", re.MULTILINE)

LANGUAGES = {".py": "python", ".toml": "toml", ".csv": "text", ".json": "json"}


def navigation() -> dict[str, list[tuple[str, Path]]]:
    """Return the sections of the index, each with the titles and files of its table."""
    _, *parts = SECTION.split(INDEX.read_text("utf-8"))
    return {
        title: [(row["title"], (DOCS / row["to"]).resolve()) for row in ROW.finditer(table)]
        for title, table in zip(parts[::2], parts[1::2], strict=True)
    }


def address(path: Path) -> str | None:
    """Return where on the site a file of the repository is; None for a folder without a README."""
    if path.is_dir():
        path /= "README.md"
    if path in (INDEX, ROOT / "README.md"):
        return "index.md"
    if not path.is_file():
        return None
    if path.is_relative_to(DOCS):
        return path.relative_to(DOCS).as_posix()
    folder = f"project/{path.parent.relative_to(ROOT).as_posix()}".removesuffix("/.")
    place = f"{folder}/{'index.md' if path.name == 'README.md' else path.name}"
    return place if path.suffix == ".md" else f"{place}.md"


def text_of(path: Path) -> str:
    """Return the Markdown of a page, whatever its file is."""
    text = path.read_text("utf-8")
    if path == INDEX:
        sample = FENCE.search((ROOT / "README.md").read_text("utf-8"))
        assert sample is not None
        front = FRONT.read_text("utf-8").replace("SAMPLE\n", sample[0])
        return front + text.partition("\n")[2]
    if path.suffix == ".md":
        return text
    title = f"# {path.name}\n\n"
    if path.suffix != ".ipynb":
        return f"{title}````{LANGUAGES.get(path.suffix, 'text')}\n{text.rstrip()}\n````\n"
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(text)["cells"]]
    shown = [f"```python\n{of}\n```" if kind == "code" else of.lstrip("# ") for kind, of in cells]
    return title + "\n\n".join(shown) + "\n"


def outside() -> list[Path]:
    """Return the files outside of docs/ that a page links to, and those that these link to."""
    found: dict[Path, None] = {}
    todo = sorted(DOCS.rglob("*.md"))
    while todo:
        page = todo.pop()
        for path in linked(page):
            if address(path) not in (None, "index.md") and not path.is_relative_to(DOCS):
                file = path / "README.md" if path.is_dir() else path
                if file not in found:
                    found[file] = None
                    todo.append(file)
    return list(found)


def linked(page: Path) -> Iterator[Path]:
    """Yield the files that a page links to."""
    for link in LINK.finditer(FENCE.sub("", text_of(page))):
        if link["to"]:
            yield (page.parent / link["to"]).resolve()


def relinked(markdown: str, page: Path) -> str:
    """Return the page's Markdown with links as they are on the site.

    A link to what is no page there, such as a folder, is only its words.
    """
    here = address(page)
    assert here is not None

    def there(link: re.Match[str]) -> str:
        if not link["to"]:
            return link[0]
        path = (page.parent / link["to"]).resolve()
        target = address(path)
        if target is None:
            return link["text"][1:-1] if path.is_dir() else link[0]
        relative = os.path.relpath(target, os.path.dirname(here) or ".")
        return f"{link['text']}({relative}{link['at'] or ''})"

    return outside_fences(markdown, lambda prose: LINK.sub(there, prose))


def outside_fences(markdown: str, change: Callable[[str], str]) -> str:
    """Return Markdown with what is not code changed."""
    parts: list[str] = []
    end = 0
    for fence in FENCE.finditer(markdown):
        parts += [change(markdown[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join([*parts, change(markdown[end:])])
