"""The fault bench: ``python -m attack.faults [--every N] [--few] [--write] [row ...]``.

Every fault of `fault_rows`, on every wire, in both colours, streamed and whole; and all of them
once more with `llm.recover` around `llm.retry`, and a server that behaves from the second request
on. Exits with 1 when anything ends otherwise than the table of rows says.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import secrets
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from attack.answers import Answer
from attack.caller import Outcome, ask
from attack.case import Case, Fault
from attack.families.endings import expect_clean
from attack.fault_rows import ROWS, Cell, End, answer_of, ends_of, frames_of, good
from attack.judge import judge
from attack.server import Forever, Script
from attack.wires import WIRES
from attack.world import World
from mirascope import llm

__all__ = ["main"]

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"
BEGIN, END = "<!-- faults: begin -->\n", "<!-- faults: end -->\n"
ATTEMPTS = 5
GONE = 4.0
"""Seconds after which a socket that is still open stays so; the server itself gives up after 5."""


@dataclass
class Tally:
    """What came of a row."""

    cells: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    """How many, by wire and colour."""
    ends: Counter[str] = field(default_factory=Counter[str])
    """How they ended, without recovery."""
    healed: int = 0
    reds: list[str] = field(default_factory=list[str])


def going_on(case: Case, answer: Answer) -> Callable[[bytes], Script]:
    """Return a server that behaves: it answers, or goes on as it is asked to."""

    def reply(request: bytes) -> Script:
        asked = list(_texts(json.loads(request.partition(b"\r\n\r\n")[2])))
        said = max((t for t in asked if t and answer.text.startswith(t)), key=len, default="")
        rest = answer
        again = any("Give the whole answer again" in text for text in asked)
        if said and not again:
            anchors = [re.search(r"which are:\n\n(.*)", text, re.DOTALL) for text in asked]
            anchor = next((found[1] for found in anchors if found), "")
            rest = case.wire.plain([anchor, answer.text[len(said) :]])
        return [good(case, frames_of(case, rest)).data]

    return reply


def _texts(document: Any) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, dict):
        for value in document.values():
            yield from _texts(value)
    elif isinstance(document, list):
        for value in document:
            yield from _texts(value)


def run_cell(world: World, name: str, case: Case, cell: Cell, *, recover: bool) -> Outcome:
    """Ask once; judge what has to hold whatever happens, and what the row says.

    Raises:
        Fault: Something does not hold.
    """
    answer = cell.answer or answer_of(case)
    clean = going_on(case, answer)
    layers: list[Any] = []
    if recover:
        soon: Any = {"initial_delay": 0.001, "jitter": 0.0}
        layers.append(llm.recover(max_attempts=ATTEMPTS, **soon))
        layers.append(llm.retry(max_retries=ATTEMPTS - 1, **soon))
    params: dict[str, Any] = {"timeout": cell.timeout} if cell.timeout else {}
    if name == "stale":
        plan = world.plan(case.id, [*cell.script, "fin"])
        if (before := ask(world, case, way="finish")).error is not None:
            raise Fault(f"the request before fails: {before.error!r}")
        world.server.hang_up()
        plan.gone.wait()
        cell = Cell(clean(b"\r\n\r\n{}"))
    plan = world.plan(case.id, cell.script, *[clean] * (ATTEMPTS - 1 if recover else 0))
    if cell.door == "open":
        outcome = ask(world, case, way="text", layers=layers, **params)
    else:
        outcome = _at_the_door(world, case, cell, layers)
    judge(world, case, outcome)
    end = ends_of(name, case, cell)
    if recover and passes(end, cell) and ROWS[name].heals:
        _judge_whole(outcome, answer, "not healed")
    else:
        if recover and passes(end, cell):
            end = End(llm.RetriesExhausted, "failed")
        _judge_end(end, case, cell, outcome, answer)
    last = cell.script[-1] if cell.script else b""
    is_left = last in ("silence", "fin") or isinstance(last, Forever)
    if is_left and not plan.gone.wait(GONE):
        raise Fault("the socket stays open")
    if cell.door == "open":
        plan.played.wait()  # what comes later would be taken for the next answer
    expect_clean(world, case)
    return outcome


PASSING = (llm.ConnectionError, llm.RateLimitError, llm.ServerError, llm.TimeoutError)


def passes(end: End, cell: Cell) -> bool:
    """Say whether an end is one that may be another when it is asked again."""
    return cell.passes or (end.error is not None and issubclass(end.error, PASSING))


def _at_the_door(world: World, case: Case, cell: Cell, layers: list[Any]) -> Outcome:
    """Ask where nobody listens, until the second attempt; or where TLS cannot be spoken."""
    wire = case.wire
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    if cell.door == "plain":
        world.server.listen(port, rude=True)
    elif cell.door == "untrusted":
        world.server.listen(port, tls=self_signed())
    attempts = 0

    def opens(request: Any, open: Any) -> Any:
        nonlocal attempts
        attempts += 1
        if attempts == 2 and cell.door == "refused" and layers:
            world.server.plan(case.id, *[going_on(case, answer_of(case))] * ATTEMPTS)
            world.server.listen(port)
        answer = open(request)
        while (events := (yield answer.pull())) is not None:
            yield events

    scheme = "http" if cell.door == "refused" else "https"
    world.register(wire.provider, wire.model, origin=f"{scheme}://127.0.0.1:{port}")
    try:
        return ask(world, case, way="text", layers=[*layers, opens])
    finally:
        world.server.leave(port)
        world.register(wire.provider, wire.model)


@cache
def self_signed() -> ssl.SSLContext:
    """Return what a server speaks TLS with that has signed its certificate itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = f"{folder}/key.pem", f"{folder}/cert.pem"
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
                *("-subj", "/CN=nobody", "-addext", "subjectAltName=IP:127.0.0.1"),
                *("-keyout", key, "-out", certificate),
            ],
            check=True,
            capture_output=True,
        )
        context.load_cert_chain(certificate, key)
    return context


def _judge_whole(outcome: Outcome, answer: Answer, what: str) -> None:
    if outcome.error is not None:
        raise Fault(f"{what}: {outcome.error!r}")
    if outcome.text != answer.text:
        raise Fault(f"{what}: {outcome.text[:200]!r}")


def _judge_end(end: End, case: Case, cell: Cell, outcome: Outcome, answer: Answer) -> None:
    error = outcome.error
    found = End(type(error) if isinstance(error, llm.Error) else None, outcome.state)
    if not case.streamed:  # there is no state
        end = End(end.error, found.state)
    if found != end:
        raise Fault(f"ends with {shown(found)} and not with {shown(end)}: {error!r}")
    if error is None:
        _judge_whole(outcome, answer, "complete")
    elif case.streamed and not outcome.text.startswith(cell.least):
        raise Fault(f"{cell.least!r} was sent and {outcome.text!r} has arrived")
    elif case.streamed and not cell.most.startswith(outcome.text):
        raise Fault(f"{cell.most!r} was sent and {outcome.text!r} has arrived")
    if cell.retry_after is not None and getattr(error, "retry_after", None) != cell.retry_after:
        raise Fault(f"retry_after is {getattr(error, 'retry_after', None)!r}")


def shown(end: End) -> str:
    """Return an end as words."""
    return f"{end.error.__name__}, {end.state}" if end.error else end.state


def cases_of(name: str, few: bool) -> Iterator[Case]:
    """Yield each of the wires, colours and ways; of a few, all of them once."""
    at = list(ROWS).index(name)
    family = "fault-" + re.sub(r"\W+", "-", name)
    for number in range(len(WIRES)):
        for turn in [(number + at) % 4] if few else range(4):
            yield Case(family, number + len(WIRES) * turn)


def run_row(world: World, name: str, every: int, few: bool) -> Tally:
    """Run a row, with and without recovery."""
    tally = Tally()
    before = world.counts()
    for case in cases_of(name, few):
        cells = list(ROWS[name].cells(case, answer_of(case)))
        if few:
            cells = cells[:: len(cells) // 2 + 1]
        elif name == "cut":
            cells = cells[::every]
        for number, cell in enumerate(cells):
            tally.cells[case.wire.name, case.colour] += 1
            for recover in (False, True):
                outcome, what = _tried(world, name, case, cell, recover)
                if what is not None:
                    way = "streamed" if case.streamed else "whole"
                    again = ", with recovery" if recover else ""
                    at = f"{case.wire.name}, {case.colour}, {way}, cell {number}{again}"
                    tally.reds.append(f"{name}: {at}: {what}")
                elif outcome is not None and recover:
                    tally.healed += outcome.error is None
                elif outcome is not None:
                    error = outcome.error
                    state = outcome.state if case.streamed else "whole"
                    end = f"`{type(error).__name__}`" if error else "no error"
                    tally.ends[f"{end}, {state}"] += 1
    left: dict[str, str] = {}
    for _ in range(20):  # asyncio closes a socket some turns after it was told to
        after = world.counts()
        left = {k: f"{before[k]} -> {after[k]}" for k in after if after[k] > before[k]}
        if not left:
            break
        time.sleep(0.05)
    if left:
        tally.reds.append(f"{name}: left behind: {left}")
    if complaint := world.complaint():
        tally.reds.append(f"{name}: {complaint}")
    return tally


def _tried(
    world: World, name: str, case: Case, cell: Cell, recover: bool
) -> tuple[Outcome | None, str | None]:
    world.logged.clear()
    try:
        with world.watched():
            return run_cell(world, name, case, cell, recover=recover), None
    except Fault as fault:
        return None, str(fault)
    except Exception as error:
        return None, "".join(traceback.format_exception(error)[-3:])
    finally:
        world.server.forget(case.id)


def page(tallies: dict[str, Tally], seconds: float) -> str:
    """Return the matrix as Markdown."""
    cells = sum(tally.cells.total() for tally in tallies.values())
    healed = sum(tally.healed for tally in tallies.values())
    reds = sum(len(tally.reds) for tally in tallies.values())
    wires = [wire.name for wire in WIRES]
    lines = [
        f"A run of {cells:,} cells, each without and with recovery, in {seconds:.0f} seconds and "
        f"one process: {reds} wrong. With `llm.recover` around `llm.retry`, {healed:,} brought the "
        "whole answer.",
        "",
        f"| fault | what | {' | '.join(wires)} | error, state | healed | wrong |",
        f"| --- | --- |{' --- |' * len(wires)} --- | --- | --- |",
    ]
    for name, tally in tallies.items():
        counts = [f"{tally.cells[w, 'sync']} + {tally.cells[w, 'async']}" for w in wires]
        said = "; ".join(f"{end}: {count:,}" for end, count in tally.ends.most_common())
        lines.append(
            f"| {name} | {ROWS[name].what} | {' | '.join(counts)} | {said} "
            f"| {tally.healed:,} of {tally.cells.total():,} | {len(tally.reds)} |"
        )
    return "\n".join([*lines, ""])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line names; return whether anything did not hold."""
    parser = argparse.ArgumentParser(prog="python -m attack.faults", description="The fault bench.")
    parser.add_argument("rows", nargs="*", metavar="row", help=", ".join(ROWS))
    parser.add_argument("--every", type=int, default=16, help="cut after each so many bytes (16)")
    parser.add_argument("--few", action="store_true", help="only some cells of each row")
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    parser.add_argument("--most", type=int, default=5, help="what is wrong, shown of a row (5)")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.rows if name not in ROWS]:
        parser.error(f"no row {unknown[0]!r}; there are {', '.join(ROWS)}")
    if given.write and (given.rows or given.few):
        parser.error("--write takes a run of everything")
    world = World(f"sk-attack-{secrets.token_hex(12)}", 60)
    world.run(asyncio.to_thread(int))  # the loop's own thread, which is not left by a cell
    started = time.monotonic()
    tallies: dict[str, Tally] = {}
    for name in given.rows or ROWS:
        since = time.monotonic()
        tally = tallies[name] = run_row(world, name, given.every, given.few)
        print(
            f"{name:<18}{tally.cells.total():>6} cells{len(tally.reds):>5} wrong"
            f"{tally.healed:>6} healed{time.monotonic() - since:>7.1f} s",
            flush=True,
        )
        for red in tally.reds[: given.most]:
            print("    ! " + red[:1500])
    world.close()
    text = page(tallies, time.monotonic() - started)
    print(text.partition("\n")[0])
    if given.write:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        PAGE.write_text(before + BEGIN + "\n" + text + "\n" + END + rest.partition(END)[2], "utf-8")
    return int(any(tally.reds for tally in tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
