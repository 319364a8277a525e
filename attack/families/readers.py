"""Many readers of one answer, of which some leave."""

from __future__ import annotations

import asyncio
import threading
from random import Random
from typing import Any

from attack.answers import Answer
from attack.caller import model_of
from attack.case import Case, Fault
from attack.http import chunk, head, pieces_of
from attack.server import Paced
from attack.world import World

__all__ = ["run"]


def run(world: World, case: Case) -> None:
    """Iterators, threads and tasks on one answer; some stop or are cancelled; all see all."""
    rng = case.rng
    answer = case.wire.plain([f"{number} " for number in range(rng.choice((3, 10, 40)))])
    body = b"".join(event.frame for event in answer.events)
    cut = rng.randrange(4) == 0  # all of them see the end, too
    if cut:
        body = body[: rng.randrange(answer.until(answer.may - 1))]
    pieces = [chunk(piece) for piece in pieces_of(body, rng, 12)]
    data = head(200, ("content-type", case.wire.kind), ("transfer-encoding", "chunked"))
    script = [data, Paced(pieces, case.one((0.0, 0.0005))), "fin" if cut else b"0\r\n\r\n"]
    world.plan(case.id, script)
    if case.colour == "async":
        ends = world.run(_tasks(case, answer))
    else:
        ends = case.one((_threads, _in_turns))(case, answer)
    if len(set(map(repr, ends))) > 1:
        raise Fault(f"the readers have seen {ends!r}")
    state = "truncated" if cut else "complete"
    if ends and ends[0][1] != state:
        raise Fault(f"{ends[0]!r} after a stream that is {state}")
    if ends and not cut and ends[0][0] != answer.text:
        raise Fault(f"{ends[0][0]!r} of {answer.text!r}")


def _threads(case: Case, answer: Answer) -> list[tuple[str, str]]:
    response = model_of(case).stream("Hello!")
    ends: list[tuple[str, str]] = []

    def read_all() -> None:
        texts: list[str] = []
        try:
            for text in response.text_stream():
                texts.append(text)
        except ConnectionError:
            pass
        ends.append(("".join(texts), response.state))

    def read_some(count: int) -> None:
        try:
            for number, _ in enumerate(response.text_stream()):
                if number == count:
                    return
        except ConnectionError:
            pass

    threads = [threading.Thread(target=read_all) for _ in range(case.rng.randrange(2, 6))]
    threads += [
        threading.Thread(target=read_some, args=(case.rng.randrange(10),))
        for _ in range(case.rng.randrange(4))
    ]
    case.rng.shuffle(threads)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def _in_turns(case: Case, answer: Answer) -> list[tuple[str, str]]:
    response = model_of(case).stream("Hello!")
    rng = case.rng
    iterators: list[tuple[Any, list[str]]] = [
        (response.text_stream(), []) for _ in range(rng.randrange(2, 6))
    ]
    open_ones = list(iterators)
    while open_ones:
        iterator, texts = rng.choice(open_ones)
        try:
            for _ in range(rng.randrange(1, 5)):
                texts.append(next(iterator))
        except (StopIteration, ConnectionError):
            open_ones.remove((iterator, texts))
    return [("".join(texts), response.state) for _, texts in iterators]


async def _tasks(case: Case, answer: Answer) -> list[tuple[str, str]]:
    response = await model_of(case).stream_async("Hello!")
    rng = case.rng

    async def read_all() -> tuple[str, str]:
        texts: list[str] = []
        iterator = response.text_stream()
        try:
            while True:
                try:
                    async with asyncio.timeout(rng.choice((None, None, 0.001))):
                        texts.append(await anext(iterator))
                except TimeoutError as error:
                    if response.error is error:
                        raise
        except (StopAsyncIteration, ConnectionError):
            pass
        return "".join(texts), response.state

    tasks = [asyncio.create_task(read_all()) for _ in range(rng.randrange(2, 6))]
    leaving = [asyncio.create_task(read_all()) for _ in range(rng.randrange(4))]
    for task in leaving:
        asyncio.get_running_loop().call_later(_moment(rng), task.cancel)
    ends = await asyncio.gather(*tasks)
    await asyncio.gather(*leaving, return_exceptions=True)
    return list(ends)


def _moment(rng: Random) -> float:
    return rng.choice((0.0, 0.001, 0.002, 0.005))
