"""Answers that end in the middle, or go on after their end."""

from __future__ import annotations

import asyncio

from attack.answers import Answer, dumps
from attack.caller import Outcome, ask
from attack.case import Case, Fault
from attack.http import FRAMINGS, JSON, Framed, framed, pieces_of
from attack.judge import judge, judge_text
from attack.server import Script
from attack.world import World
from mirascope import llm

__all__ = ["answer_bytes", "expect_clean", "run"]

CLEAN = "This is the answer to the second question."
STEP = 61
"""Offsets are taken in steps of a prime, so that few cases meet all parts of an answer."""


def run(world: World, case: Case) -> None:
    """Cut at every byte, by FIN and RST; bytes and answers after the end; the next request."""
    answer = case.plain()
    whole = answer_bytes(case, answer)
    if case.turn % 4 == 3:
        _extra(world, case, answer, whole)
    else:
        _cut(world, case, answer, whole)


def answer_bytes(case: Case, answer: Answer) -> Framed:
    """Return an answer as bytes, framed in any way."""
    framing = case.one(FRAMINGS)
    if case.streamed:
        body = b"".join(event.frame for event in answer.events)
        one_each = [event.frame for event in answer.events]
        return framed(case.one((one_each, pieces_of(body, case.rng))), framing, case.wire.kind)
    return framed(pieces_of(dumps(answer.whole), case.rng), framing, JSON)


def _cut(world: World, case: Case, answer: Answer, whole: Framed) -> None:
    data = whole.data
    offset = case.turn // 4 * STEP % (len(data) + 1) if case.number % 5 else len(data)
    end = "rst" if case.turn % 2 else "fin"
    outcome = _play(world, case, answer, [data[:offset], end])
    body = whole.body_until(offset)
    if case.streamed:
        judge_text(outcome, answer, answer.text_of(body) if end == "fin" else "")
        must = end == "fin" and body >= answer.until(answer.must)
        may = body >= answer.until(answer.may) - 2  # without the empty line after it
    else:
        may = body >= len(dumps(answer.whole))
        must = end == "fin" and offset == len(data)
    _judge_end(outcome, must, may)
    broken = isinstance(outcome.error, llm.ConnectionError | llm.ResponseValidationError)
    if outcome.error is not None and not broken:
        raise Fault(f"a cut answer is {outcome.error!r}")
    expect_clean(world, case)


def _extra(world: World, case: Case, answer: Answer, whole: Framed) -> None:
    """After the end: junk, or a whole second answer that nobody asked for."""
    junk = case.one((b"\r\n", b"\0", b"0\r\n\r\n", b"x" * 5000))
    # Google's streams have no last event: what is in the body is in the answer.
    if whole.keeps or case.wire.name != "google":
        poison = answer_bytes(case, case.wire.plain(["POISON"])).data
        junk = case.one((poison, poison[: len(poison) // 2], junk))
    end = case.one(("fin", "rst", None))
    pause = case.one((0.0, 0.002))
    script: list[bytes | float | str] = [whole.data, pause, junk]
    if end is None and not whole.keeps:
        end = "fin"
    outcome = _play(world, case, answer, [*script, *([end] if end else [])])  # type: ignore[list-item]
    judge_text(outcome, answer)
    if whole.keeps and end != "rst":
        _judge_end(outcome, must=True, may=True)
    expect_clean(world, case)


def _play(world: World, case: Case, answer: Answer, script: Script) -> Outcome:
    plan = world.plan(case.id, script)
    outcome = ask(world, case)
    judge(world, case, outcome)
    plan.played.wait()  # what comes after the next request is sent is its answer, for all we know
    if case.rng.randrange(2):
        world.run(asyncio.sleep(0.001))  # or nobody has read it from the socket yet
    if "POISON" in outcome.text:
        raise Fault("bytes after the end of the answer are in it")
    return outcome


def _judge_end(outcome: Outcome, must: bool, may: bool) -> None:
    complete = outcome.state == "complete"
    if must and not complete:
        raise Fault(f"all was sent, and the end is {outcome.error!r}")
    if complete and not may:
        raise Fault("complete, and not all was sent")


def expect_clean(world: World, case: Case) -> None:
    """Ask again: the next request gets its own answer, and nothing of the one before."""
    clean = [answer_bytes(case, case.wire.plain([CLEAN])).data, "fin"]
    world.plan(case.id, clean)
    outcome = ask(world, case, way="finish")
    if outcome.error is not None:
        raise Fault(f"the next request fails: {outcome.error!r}")
    if outcome.text != CLEAN:
        raise Fault(f"the next request is answered with {outcome.text!r}")
