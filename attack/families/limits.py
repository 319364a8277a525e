"""Silence, wherever an answer can fall silent, and the limit that ends it."""

from __future__ import annotations

import time
from typing import Any

from attack.answers import dumps
from attack.caller import ask
from attack.case import Case, Fault
from attack.http import JSON, chunk, framed, head
from attack.judge import judge, judge_text
from attack.server import Forever, Script
from attack.world import World
from mirascope import llm

__all__ = ["run"]

LATE = 6.0
"""Seconds that an end may be late on a busy machine."""
TRAILING = 5.5
"""Seconds that what trails a whole answer may be waited for; five are promised."""


def run(world: World, case: Case) -> None:
    """Each field of Timeout, and silence or comments before, in and after the answer."""
    rng = case.rng
    answer = case.plain(3)
    limit = rng.choice((0.03, 0.08))
    field = case.one(("first_content", "idle", "total", "total"))
    frames = [event.frame for event in answer.events]
    stream = framed(frames, "chunked", case.wire.kind).data
    cut = framed([frames[0], *frames[1:-1]], "chunked", case.wire.kind).data
    noise = case.one(("silence", Forever(chunk(case.wire.nothing[0]))))
    script: Script
    done = False
    match case.turn % 5:
        case 0:
            script = ["silence"]
            field = case.one(("first_content", "total"))
        case 1:
            script = [head()[: rng.randrange(1, 20)], "silence"]
            field = case.one(("first_content", "total"))
        case 2:
            script = [
                head(200, ("content-type", case.wire.kind), ("transfer-encoding", "chunked")),
                noise,
            ]
            field = case.one(("first_content", "total"))
        case 3 if case.streamed:
            contents = [number for number, event in enumerate(answer.events) if event.text]
            until = sum(len(frame) for frame in frames[: contents[0] + 1])
            data = framed(frames[: contents[0] + 1], "chunked", case.wire.kind).data[:-5]
            assert until < len(cut)
            script = [data, noise]
            field = case.one(("idle", "total"))
        case 4 if case.streamed:  # whole, but for the end of the body
            script = [stream[:-5], noise]
            done = True
            field, limit = "total", 0.5  # enough to read it first
        case _:
            body = dumps(answer.whole)
            data = framed([body], "length", JSON).data
            script = [data[: -rng.randrange(1, len(body))], "silence"]
            field = case.one(("first_content", "total"))
    timeout: Any = llm.Timeout(**{field: limit})
    if field == "total" and rng.randrange(2):
        timeout = limit
    world.plan(case.id, script)
    started = time.monotonic()
    outcome = ask(world, case, timeout=timeout)
    took = time.monotonic() - started
    judge(world, case, outcome)
    if took > LATE + (TRAILING if done else 0):
        raise Fault(f"a limit of {limit} s has passed after {took:.2f} s")
    if done:
        judge_text(outcome, answer)
        if outcome.state != "complete":
            raise Fault(f"whole, and the end is {outcome.error!r}")
        return
    error = outcome.error
    if not isinstance(error, llm.TimeoutError) or error.phase != field:
        raise Fault(f"Timeout.{field} has ended it with {error!r}, {getattr(error, 'phase', '')}")
    if took < limit * 0.9:
        raise Fault(f"a limit of {limit} s has passed after {took:.3f} s")
