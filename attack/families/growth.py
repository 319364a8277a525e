"""Four times as much must not take much more than four times as long."""

from __future__ import annotations

import gc
import time
from typing import Any

from attack.answers import Answer, Event, dumps
from attack.caller import ask
from attack.case import Case, Fault
from attack.http import EVENTS, JSON, framed
from attack.judge import judge
from attack.world import World

__all__ = ["run"]

ENDS = ("message_stop", "response.completed", "message-end", "messageStop")
SIZE = 600
WORST = 9.0
"""How much longer four times as much may take; what grows with the square takes 16 times."""
QUICK = 0.03
"""CPU seconds below which nothing is said: a clock's noise."""


def run(world: World, case: Case) -> None:
    """CPU time of n and 4n deltas, parts, calls, characters, keys, levels and error pages."""
    make = MAKERS[case.turn % len(MAKERS)]
    worst = float("inf")
    for attempt in range(3):  # the machine has other things to do
        small, large = (_cost(world, case, make(case, SIZE * n), f"{attempt}-{n}") for n in (1, 4))
        worst = min(worst, large / max(small, 1e-6))
        if large < QUICK or worst < WORST:
            return
    raise Fault(f"{make.__name__}: four times as much takes {worst:.1f} times as long")


def _cost(world: World, case: Case, data: bytes, name: str) -> float:
    world.plan(case.id, [data, "fin"])
    gc.collect()
    gc.disable()
    try:
        started = time.thread_time()
        outcome = ask(world, case, way="chunks", timeout=50)
        cost = time.thread_time() - started
    finally:
        gc.enable()
    if outcome.error is not None:
        judge(world, case, outcome)
    return cost


def _bytes(case: Case, answer: Answer) -> bytes:
    if case.streamed:
        body = b"".join(event.frame for event in answer.events)
        return framed([body], "chunked", case.wire.kind).data
    return framed([dumps(answer.whole)], "length", JSON).data


def many_deltas(case: Case, size: int) -> bytes:
    return _bytes(case, case.wire.plain([f"{n} " for n in range(size * 4)]))


def long_text(case: Case, size: int) -> bytes:
    return _bytes(case, case.wire.plain(['x\\"\n' * size * 200]))


def _repeated(case: Case, size: int, pick: Any) -> bytes:
    """Return the rich answer with some of its events, or of its parts, many times over."""
    answer = case.wire.rich()
    events: list[Event] = []
    for event in answer.events:
        events += [event] * (size if pick(event) else 1)
    whole: Any = dict(answer.whole)
    holder = whole
    for name in ("output", "message"):  # Cohere's, and Converse's in two steps
        if isinstance(holder.get(name), dict):
            holder[name] = holder = dict(holder[name])
    for name in ("choices", "output", "content", "candidates", "tool_calls", "citations"):
        if isinstance(holder.get(name), list):
            holder[name] = holder[name] * (size if pick(answer.events[0]) else 1)
    return _bytes(case, Answer(events, whole, answer.may, answer.must))


def repeated_events(case: Case, size: int) -> bytes:
    kind = case.rng.randrange(1, 12)
    events = case.wire.rich().events
    chosen = events[min(kind, len(events) - 2)]
    return _repeated(case, size, lambda event: event is chosen or event.document == chosen.document)


def repeated_starts(case: Case, size: int) -> bytes:
    return _repeated(
        case,
        size,
        lambda event: event.name not in ENDS,
    )


def spaces_in_error(case: Case, size: int) -> bytes:
    page = case.one(
        (
            "<!--",
            "<title> ",
            "<title",
            "<script>",
            "&lt;",
            "  \n",
            "<",
            "sk-",
            '{"error":',
            "Bearer ",
        )
    )
    body = b"<html>" + page.encode() * size * 20
    return framed(
        [body], "length", case.one(("text/html", JSON, case.wire.kind)), status=case.one((500, 200))
    ).data


def long_arguments(case: Case, size: int) -> bytes:
    """A call's arguments in many pieces, with other content between them."""
    from attack.families.pieces import arguments_in_pieces

    return _bytes(
        case, arguments_in_pieces(case.wire, size * 2, content_between=case.turn % 2 == 0)
    )


def many_calls(case: Case, size: int) -> bytes:
    from attack.families.pieces import calls

    return _bytes(case, calls(case.wire, size))


def small_lines(case: Case, size: int) -> bytes:
    lines = b": x\n" * size * 10 + b"\n"
    if case.wire.kind != EVENTS:
        lines = case.wire.nothing[0] * size * 10
    frames = [event.frame for event in case.plain().events]
    return framed([frames[0] + lines, *frames[1:]], "chunked", case.wire.kind).data


def small_chunks(case: Case, size: int) -> bytes:
    body = b"".join(event.frame for event in case.wire.plain(["x" * size]).events)
    return framed([bytes([byte]) for byte in body], "chunked", case.wire.kind).data


MAKERS = (
    many_deltas,
    long_text,
    repeated_events,
    spaces_in_error,
    long_arguments,
    many_calls,
    small_lines,
    small_chunks,
)
