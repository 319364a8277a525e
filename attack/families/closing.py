"""Answers that are closed, dropped or interrupted before their end."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from typing import Any

from attack.answers import Answer
from attack.caller import model_of
from attack.case import Case, Fault
from attack.http import framed
from attack.judge import judge_error
from attack.server import Plan
from attack.world import World
from mirascope import llm

__all__ = ["run"]

GONE = 20.0
"""Seconds to wait for the server to see that the client has left; it takes milliseconds."""


def run(world: World, case: Case) -> None:
    """close(), with, dropping, cancelling, closing from elsewhere; the socket has to go."""
    answer = case.wire.plain(["a", "b", "c", "d"])
    first = case.rng.randrange(answer.may)
    frames = [event.frame for event in answer.events[:first]]
    # Nothing ends it but the client; sometimes not even the head comes.
    data = framed(frames, "chunked", case.wire.kind).data[:-5]
    plan = world.plan(case.id, [data if case.number % 7 else b"", "silence"])
    reads = case.rng.randrange(len(answer.text_of(sum(map(len, frames)))) + 1)
    if not case.number % 7:
        reads = 0
    collects = gc.isenabled()
    gc.disable()  # what is freed is freed by its last reference
    try:
        if case.colour == "sync":
            _sync(case, plan, answer, reads)
        else:
            world.run(_async(case, plan, answer, reads))
        until = time.monotonic() + GONE
        while plan.requests and not plan.gone.wait(0.002):
            if time.monotonic() > until:
                raise Fault("the connection is still open")
            if case.colour == "async":  # where it is closed in the loop's next round
                world.run(asyncio.sleep(0))
    finally:
        if collects:
            gc.enable()


def _sync(case: Case, plan: Plan, answer: Answer, reads: int) -> None:
    response = model_of(case).stream("Hello!")
    texts = response.text_stream()
    read = [next(texts) for _ in range(reads)]
    how = case.turn % 5
    if how == 0:
        response.close()
        _judge_closed(response, answer, read)
    elif how == 1:
        with response:
            pass
        _judge_closed(response, answer, read)
    elif how == 2:
        del texts, response
    elif how == 3:  # while this thread waits for more
        closer = threading.Thread(target=_close_when_played, args=(plan, response))
        closer.start()
        _end_by(response.finish)
        closer.join()
        _judge_closed(response, answer, read)
    else:
        response.close()
        response.close()
        _judge_closed(response, answer, read)


def _close_when_played(plan: Plan, response: Any) -> None:
    plan.played.wait(GONE)
    response.close()


async def _async(case: Case, plan: Plan, answer: Answer, reads: int) -> None:
    response = await model_of(case).stream_async("Hello!")
    texts = response.text_stream()
    read = [await anext(texts) for _ in range(reads)]
    how = case.turn % 5
    if how == 0:
        await response.aclose()
        _judge_closed(response, answer, read)
    elif how == 1:
        async with response:
            pass
        _judge_closed(response, answer, read)
    elif how == 2:
        del texts, response
        await asyncio.sleep(0)
    elif how == 3:  # a reader that is cancelled, and comes back to a closed answer
        reader = asyncio.create_task(response.finish())
        await asyncio.sleep(case.one((0, 0.001, 0.005)))
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        if response.closed and not isinstance(response.error, llm.ProviderError):
            raise Fault(f"a cancelled reader has ended the answer: {response.error!r}")
        response.close()
        _judge_closed(response, answer, read)
    else:  # while a task waits for more
        reader = asyncio.create_task(response.finish())
        await asyncio.sleep(case.one((0, 0.001, 0.005)))
        response.close()
        [error] = await asyncio.gather(reader, return_exceptions=True)
        if not isinstance(error, llm.StreamCancelledError):
            raise Fault(f"a reader of a closed answer gets {error!r}")
        _judge_closed(response, answer, read)


def _end_by(finish: Any) -> None:
    try:
        finish()
    except llm.StreamCancelledError as error:
        judge_error(error)
    else:
        raise Fault("a closed answer has a good end")


def _judge_closed(response: Any, answer: Answer, read: list[str]) -> None:
    if response.state != "cancelled":
        raise Fault(f"the state of a closed answer is {response.state!r}")
    if not answer.text.startswith(response.text()):
        raise Fault(f"{response.text()!r} is no part of {answer.text!r}")
    if not response.text().startswith("".join(read)):
        raise Fault(f"{read!r} was read and {response.text()!r} is left")
