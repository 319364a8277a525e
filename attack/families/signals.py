"""Signals that arrive while the main thread waits."""

from __future__ import annotations

import signal
import threading
import time
from types import FrameType

from attack.caller import ask, model_of
from attack.case import Case, Fault
from attack.families.limits import LATE
from attack.http import framed
from attack.judge import judge
from attack.server import Script
from attack.world import World
from mirascope import llm

__all__ = ["run"]


class Interrupted(BaseException):
    """What the handler raises, as Ctrl-C does."""


def run(world: World, case: Case) -> None:
    """A timer that fires every few milliseconds: limits still hold, and what it raises gets out."""
    if threading.current_thread() is not threading.main_thread():
        return
    answer = case.wire.plain(["a", "b"])
    frames = [event.frame for event in answer.events[: answer.may]]
    data = framed(frames, "chunked", case.wire.kind).data[:-5]
    script: Script = case.one(([b"", "silence"], [b"HTTP/1.1", "silence"], [data, "silence"]))
    plan = world.plan(case.id, script)
    raises = not case.streamed
    before = signal.signal(signal.SIGALRM, _interrupt if raises else _ignore)
    started = time.monotonic()
    first, every = (0.1, 0.0) if raises else (0.003, 0.003)
    signal.setitimer(signal.ITIMER_REAL, first, every)
    try:
        if raises:
            _interrupted(case)
        else:
            outcome = ask(world, case, colour="sync", streamed=True, timeout=0.1)
            judge(world, case, outcome)
            if not isinstance(outcome.error, llm.TimeoutError):
                raise Fault(f"total has ended it with {outcome.error!r}")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    if time.monotonic() - started > LATE:
        raise Fault("the limit has passed too late")
    if not plan.gone.wait(20):
        raise Fault("the connection is still open")


def _interrupted(case: Case) -> None:
    response = model_of(case).stream("Hello!")
    try:
        response.finish()
    except Interrupted:
        pass
    else:
        raise Fault("what the handler raised is gone")
    if response.state != "cancelled":
        raise Fault(f"interrupted, the state is {response.state!r}")


def _ignore(number: int, frame: FrameType | None) -> None:
    pass


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted
