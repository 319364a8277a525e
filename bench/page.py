"""Write the figures of docs/performance.md from a run: ``python -m bench.page [FILE]``.

The tables stand between markers, the plots beside the page: bars, in the colours of the reader's
theme. All of it follows from docs/performance/run.json, which a FILE that is named replaces.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

__all__ = ["DATA", "PAGE", "files", "main", "write"]

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "performance.md"
FOLDER = DOCS / "performance"
DATA = FOLDER / "run.json"

ORDER = (
    "raw",
    "by hand",
    "mirascope",
    "openai",
    "anthropic",
    "published",
    "langchain-openai",
    "pydantic-ai",
    "litellm",
    "instructor",
)
TITLES = {"published": "mirascope (published)", "raw": "bare sockets", "by hand": "`json` by hand"}

TABLES: dict[str, tuple[str, ...]] = {
    "chunks": ("sync paced", "sync steady", "sync burst", "async paced", "async burst"),
    "wires": ("wire responses", "wire messages", "wire google", "wire bedrock", "wire cohere"),
    "streams": ("1 stream", "100 streams", "1000 streams", "5000 streams", "first content"),
    "requests": ("request", "short stream"),
    "structured": ("structured 1000", "structured 10000", "structured 100000"),
    "memory": ("kept", "idle"),
    "import": ("import", "first request"),
}
PLOTS = {"chunks": "async burst", "streams": "100 streams", "requests": "request"}
"""Which row of a table is drawn."""


def files(data: dict[str, Any], page: str) -> dict[Path, str]:
    """Return what the page and its plots say, given the page as it is and a run."""
    rows = data["rows"]
    found = {PAGE: page}
    blocks = {
        "facts": _facts(data),
        **{name: _table(rows, names) for name, names in TABLES.items()},
    }
    for name, row in PLOTS.items():
        if row in rows and rows[row]["peers"]:
            found[FOLDER / f"{name}.svg"] = _plot(rows[row])
    for name, text in blocks.items():
        marked = re.compile(rf"(<!-- {name}: begin -->\n).*?(<!-- {name}: end -->)", re.DOTALL)
        page, count = marked.subn(lambda match: f"{match[1]}\n{text}\n\n{match[2]}", page)  # noqa: B023
        if count != 1:
            raise ValueError(f"docs/performance.md has no place for {name!r}")
    found[PAGE] = page
    return found


def write(data: dict[str, Any]) -> None:
    """Write the run, the page and the plots."""
    FOLDER.mkdir(exist_ok=True)
    DATA.write_text(json.dumps(data, indent=1) + "\n", "utf-8")
    for path, text in files(data, PAGE.read_text("utf-8")).items():
        path.write_text(text, "utf-8")


def _facts(data: dict[str, Any]) -> str:
    machine, versions = data["machine"], data["versions"]
    named = ", ".join(f"{TITLES.get(peer, peer)} {versions[peer]}" for peer in sorted(versions))
    busy = machine["load before"] > machine["cores"] / 2
    lines = [
        f"Measured {machine['when']} on {machine['cores']} cores ({machine['processor']}), "
        f"{machine['system']}, Python {machine['python']}, rounds: {machine['rounds']}. {named}.",
    ]
    if busy:
        lines.append(
            f"**Other programs kept the machine busy** (load {machine['load before']:.1f} at the "
            "beginning): the ratios hold better than the figures."
        )
    lines += [f"Not measured: {row} ({why})." for row, why in data["failed"].items()]
    return "\n\n".join(lines)


def _table(rows: dict[str, Any], names: tuple[str, ...]) -> str:
    here = [rows[name] for name in names if name in rows]
    peers = [peer for peer in ORDER if any(peer in row["peers"] for row in here)]
    lines = [
        f"| | | {' | '.join(TITLES.get(peer, peer) for peer in peers)} |",
        f"| --- | --- |{' --- |' * len(peers)}",
    ]
    for row in here:
        cells = [_cell(row["peers"].get(peer)) for peer in peers]
        lines.append(f"| {row['title']} | {row['unit']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(figure: dict[str, Any] | None) -> str:
    if figure is None:
        return "-"
    if figure["least"] == figure["most"]:
        return _short(figure["median"])
    return f"{_short(figure['median'])} ({_short(figure['least'])} to {_short(figure['most'])})"


def _short(value: float) -> str:
    return f"{value:,.1f}" if abs(value) < 20 else f"{value:,.0f}"


_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1f2328}.n{fill:#59636e}"
    ".b{fill:#8c959f}.o{fill:#0969da}"
    "@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.n{fill:#9198a1}"
    ".b{fill:#6e7681}.o{fill:#4493f8}}"
)
_WIDTH, _LEFT, _BAR, _STEP = 720, 170, 18, 28


def _plot(row: dict[str, Any]) -> str:
    """Return bars, the longest as wide as there is room."""
    figures = [(peer, row["peers"][peer]["median"]) for peer in ORDER if peer in row["peers"]]
    most = max(value for _, value in figures) or 1.0
    height = 34 + _STEP * len(figures)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
            f"<title>{escape(row['title'])}, {row['unit']}</title>",
            f"<style>{_STYLE}</style>",
            f'<text x="0" y="16">{escape(row["title"])}, {row["unit"]}: less is better</text>',
            *_bars(figures, most),
            "</svg>",
            "",
        ]
    )


def _bars(figures: list[tuple[str, float]], most: float) -> Iterator[str]:
    for place, (peer, value) in enumerate(figures):
        top = 30 + _STEP * place
        width = max(round((_WIDTH - _LEFT - 90) * max(value, 0.0) / most, 1), 1.0)
        kind = "o" if peer == "mirascope" else "b"
        yield f'<text x="0" y="{top + 14}">{escape(TITLES.get(peer, peer))}</text>'
        yield (
            f'<rect class="{kind}" x="{_LEFT}" y="{top}" width="{width}" height="{_BAR}" rx="3"/>'
        )
        yield f'<text class="n" x="{_LEFT + width + 8:.1f}" y="{top + 14}">{_short(value)}</text>'


def main(arguments: list[str]) -> None:
    """Write the page from a run: the one that is named, or the last one written."""
    write(json.loads(Path(arguments[0] if arguments else DATA).read_text("utf-8")))


if __name__ == "__main__":
    main(sys.argv[1:])
