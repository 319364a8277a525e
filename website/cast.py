"""The recording on the front page: the demo, run in a terminal and drawn as SVG (``make cast``).

Nothing of it is made up: each row of the screen is shown from when the demo wrote it until it wrote
something else there. Only the pauses between the parts are longer than they were.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass
from html import escape
from itertools import groupby

import pyte

from website.pages import DOCS, ROOT

COLUMNS, ROWS = 84, 24
REST = 2.0
"""Seconds that a finished part stays before the next one begins."""
TOGETHER = 0.02
"""Seconds within which what is written counts as written at once."""

WIDTH, HEIGHT, MARGIN = 8.4, 19, 16
"""Of a character, of a row, and around them all."""

LIGHT = {
    "ground": "#f6f8f8",
    "edge": "#d5dddd",
    "default": "#24292f",
    "black": "#6e7781",
    "red": "#b3261e",
    "green": "#1a6b35",
    "brown": "#8a5a00",
    "blue": "#0b57a4",
    "magenta": "#8430a8",
    "cyan": "#0e6e78",
    "white": "#4b535a",
}
DARK = {
    "ground": "#14191d",
    "edge": "#2c363d",
    "default": "#dfe6ea",
    "black": "#8c979f",
    "red": "#ff8f85",
    "green": "#7fd495",
    "brown": "#e5c07b",
    "blue": "#7fb8ff",
    "magenta": "#d7a1f2",
    "cyan": "#6fd3dd",
    "white": "#c6d0d6",
}

Run = tuple[int, str, str, bool]
"""Where it begins, its text, its colour, and whether it is bold."""
Row = tuple[Run, ...]


@dataclass
class Shown:
    """What stood in one row for a while."""

    row: int
    runs: Row
    since: float
    until: float | None = None


def record() -> list[tuple[float, bytes]]:
    """Run the demo in a terminal of its own; return what it wrote, and when."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    # With sixteen colours, each of which is another one in the light and in the dark.
    environment = {**os.environ, "TERM": "xterm", "PYTHONPATH": str(ROOT / "src")}
    environment.pop("COLORTERM", None)
    demo = [sys.executable, str(ROOT / "examples" / "demo.py")]
    running = subprocess.Popen(
        demo, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, close_fds=True
    )
    os.close(theirs)
    written: list[tuple[float, bytes]] = []
    start: float | None = None
    while True:
        select.select([ours], [], [])
        try:
            data = os.read(ours, 65536)
        except OSError:  # so Linux says that nobody writes any more
            data = b""
        if not data:
            break
        start = start or time.monotonic()
        written.append((time.monotonic() - start, data))
    os.close(ours)
    if running.wait():
        raise SystemExit("The demo failed.")
    return written


def rows_of(screen: pyte.Screen) -> list[Row]:
    """Return what stands on the screen."""
    rows: list[Row] = []
    for y in range(ROWS):
        cells = [(x, screen.buffer[y][x]) for x in range(COLUMNS)]
        runs: list[Run] = []
        for (colour, bold), group in groupby(cells, lambda at: (at[1].fg, at[1].bold)):
            part = list(group)
            text = "".join(cell.data for _, cell in part)
            if text.strip():
                indent = len(text) - len(text.lstrip())
                name = colour.removeprefix("bright")
                runs.append((part[0][0] + indent, text.strip(), name, bold))
        rows.append(tuple(runs))
    return rows


def shown(written: list[tuple[float, bytes]]) -> list[Shown]:
    """Return what stood where, and when."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    now: list[Shown] = [Shown(y, (), 0) for y in range(ROWS)]
    past: list[Shown] = []
    rested = 0.0
    for at, (when, data) in enumerate(written):
        if "──".encode() in data and at:
            rested += REST
        stream.feed(data)
        following = written[at + 1][0] if at + 1 < len(written) else None
        if following is not None and following - when < TOGETHER:
            continue
        for y, runs in enumerate(rows_of(screen)):
            if runs != now[y].runs:
                now[y].until = when + rested
                past.append(now[y])
                now[y] = Shown(y, runs, when + rested)
    return [one for one in past + now if one.runs and one.since != one.until]


def svg(rows: list[Shown], colours: dict[str, str]) -> str:
    """Draw it. It runs once; who wants no motion, or prints it, sees the end."""
    width, height = COLUMNS * WIDTH + 2 * MARGIN, ROWS * HEIGHT + 2 * MARGIN
    style = "".join(f".{name}{{fill:{colours[name]}}}" for name in colours if name != "edge")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">\n'
        "<title>Text, a tool loop and an object arrive piece by piece in a terminal</title>\n"
        "<style>"
        "text{font:14px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;white-space:pre}"
        f".b{{font-weight:bold}}{style}"
        "@media screen and (prefers-reduced-motion:no-preference){"
        "g{opacity:0;animation:on 1ms forwards}"
        "@keyframes on{to{opacity:1}}@keyframes off{to{opacity:0}}}"
        "@media print,(prefers-reduced-motion:reduce){.gone{display:none}}"
        "</style>\n"
        f'<rect class="ground" x=".5" y=".5" width="{width - 1:g}" height="{height - 1:g}" rx="8"'
        f' stroke="{colours["edge"]}"/>\n'
    ]
    for one in rows:
        y = MARGIN + (one.row + 0.75) * HEIGHT
        texts = "".join(
            f'<text class="{colour}{" b" * bold}" x="{MARGIN + x * WIDTH:g}" y="{y:g}"'
            f' textLength="{len(text) * WIDTH:g}">{escape(text, quote=False)}</text>'
            for x, text, colour, bold in one.runs
        )
        if one.until is None:
            parts.append(f'<g style="animation-delay:{one.since:.2f}s">{texts}</g>\n')
        else:
            parts.append(
                '<g class="gone" style="animation-name:on,off;'
                f'animation-delay:{one.since:.2f}s,{one.until:.2f}s">{texts}</g>\n'
            )
    return "".join([*parts, "</svg>\n"])


if __name__ == "__main__":
    recording = shown(record())
    for name, colours in (("light", LIGHT), ("dark", DARK)):
        (DOCS / "assets" / f"stream-{name}.svg").write_text(svg(recording, colours), "utf-8")
