"""Much of what means nothing, and little of what does."""

from __future__ import annotations

from attack.answers import dumps
from attack.caller import ask
from attack.case import Case, Fault
from attack.http import EVENTS, JSON, framed, head
from attack.judge import judge, judge_text
from attack.server import Forever, Script
from attack.world import World
from mirascope import llm

__all__ = ["run"]


def run(world: World, case: Case) -> None:
    """Comments, pings, unknown events, huge lines and deep JSON, with and without an end."""
    answer = case.plain()
    frames = [event.frame for event in answer.events]
    noise, endless = _noise(case)
    script: Script
    if endless:
        script = [
            head(200, ("content-type", case.wire.kind), ("connection", "close")),
            Forever(noise),
        ]
        world.plan(case.id, script)
        outcome = ask(world, case, streamed=True, timeout=llm.Timeout(first_content=0.2))
        judge(world, case, outcome)
        if not isinstance(outcome.error, llm.TimeoutError | llm.ResponseValidationError):
            raise Fault(f"a flood ends with {outcome.error!r}")
        return
    if case.streamed:
        data = framed(
            [noise, *frames[:2], noise, *frames[2:], noise], "chunked", case.wire.kind
        ).data
    else:
        deep = b'{"deep":' + b"[" * 3000 + b"]" * 3000 + b"," + dumps(answer.whole)[1:]
        data = framed(
            [case.one((deep, b"\n" * 100_000 + dumps(answer.whole)))], "length", JSON
        ).data
    world.plan(case.id, [data])
    outcome = ask(world, case)
    judge(world, case, outcome)
    judge_text(outcome, answer)
    kept = len(outcome.response.raw_stream_events) if case.streamed and outcome.response else 0
    if kept > 5000:
        raise Fault(f"{kept} events that say nothing were kept")


def _noise(case: Case) -> tuple[bytes, bool]:
    events = case.wire.nothing
    write = case.plain().events[0].write
    if case.turn % 2:
        return case.one((*events, b"x" * 1000, b"data: x")) * 200, True
    deep = b"[" * 2000 + b"]" * 2000
    one = case.one(
        (
            *(event * 3000 for event in events),
            *([b": " + b"x" * 500_000 + b"\n\n"] if case.wire.kind == EVENTS else []),
            write("new", b'{"type":"new","x":"' + b"x" * 500_000 + b'"}'),
            write("new", b'{"type":"new","x":' + deep + b"}"),
        )
    )
    return one, False
