"""Readers who come and go: only closing or dropping the response ends an asynchronous stream."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.layering import race, sleep

from .paced import REMOTE, WORLDS, World, open_world


def pulling(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
    answer = open(request)
    while events := (yield answer.pull()):
        yield events


def passing(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
    yield open(request)


def racing(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
    answer = open(request)
    while (yield race(answer)) is not None and (events := (yield answer.pull())):
        yield sleep(0)
        yield events


LAYERS: dict[str, list[llm.Layer]] = {
    "bare": [],
    "pulling": [pulling],
    "passing": [passing],
    "both": [passing, pulling],
    "racing": [racing],
}


@pytest.fixture(params=WORLDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    world = open_world(request.param)
    yield world
    await world.aclose()


@pytest.fixture(params=REMOTE)
async def remote(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    world = open_world(request.param)
    yield world
    await world.aclose()


@pytest.fixture(params=LAYERS)
def layers(request: pytest.FixtureRequest) -> list[llm.Layer]:
    return LAYERS[request.param]


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


async def rounds(count: int = 8) -> None:
    """Let the loop go round."""
    for _ in range(count):
        await asyncio.sleep(0)


async def until(happened: Callable[[], object]) -> None:
    while not happened():  # noqa: ASYNC110 - there is nothing to wait for but this
        await asyncio.sleep(0)


async def next_of(iterator: AsyncIterator[Any]) -> Any:
    """Return the next item; None at the end."""
    return await anext(iterator, None)


def start(iterator: AsyncIterator[Any]) -> asyncio.Task[Any]:
    return asyncio.create_task(next_of(iterator))


# --- every way to leave


class Fails(Exception):
    pass


LEFT = object()
"""What a way to leave returns, where the reader had got nothing before."""


async def by_cancel(iterator: AsyncIterator[Any], leave: asyncio.Event) -> Any:
    task = start(iterator)
    await leave.wait()
    task.cancel()
    await asyncio.wait([task])
    return LEFT if task.cancelled() else task.result()


async def by_timeout(iterator: AsyncIterator[Any], leave: asyncio.Event) -> Any:
    async def read() -> Any:
        async with asyncio.timeout(None) as scope:
            scopes.append(scope)
            return await next_of(iterator)

    scopes: list[asyncio.Timeout] = []
    task = asyncio.create_task(read())
    await leave.wait()
    if task.done():
        return task.result()
    scopes[0].reschedule(0)
    try:
        return await task
    except TimeoutError:
        return LEFT


async def by_wait_for(iterator: AsyncIterator[Any], leave: asyncio.Event) -> Any:
    try:
        return await asyncio.wait_for(next_of(iterator), 0.001)
    except TimeoutError:
        await leave.wait()
        return LEFT


async def by_group(iterator: AsyncIterator[Any], leave: asyncio.Event) -> Any:
    async def fail() -> None:
        await leave.wait()
        raise Fails

    task: Any = None
    with pytest.raises(BaseExceptionGroup):  # noqa: PT012 - the group is what raises
        async with asyncio.TaskGroup() as group:
            task = group.create_task(next_of(iterator))
            group.create_task(fail())
    return LEFT if task.cancelled() else task.result()


async def by_closing_its_coroutine(iterator: AsyncIterator[Any], leave: asyncio.Event) -> Any:
    """As a loop that is closed does with what is still going on in it."""
    reading: Any = next_of(iterator)
    try:
        future = reading.send(None)
    except StopIteration as stop:
        return stop.value
    future._asyncio_future_blocking = False
    await leave.wait()
    reading.close()
    return LEFT


WAYS = {
    "cancel": by_cancel,
    "timeout": by_timeout,
    "wait_for": by_wait_for,
    "group": by_group,
    "close": by_closing_its_coroutine,
}

READERS: dict[str, Callable[[Any], AsyncIterator[Any]]] = {
    "chunks": lambda response: response.chunk_stream(),
    "text": lambda response: response.text_stream(),
    "pretty": lambda response: response.pretty_stream(),
    "events": lambda response: response.event_stream(),
    "deltas": lambda response: deltas(response),
}


class deltas(AsyncIterator[Any]):
    """The deltas of all substreams."""

    def __init__(self, response: Any) -> None:
        self._streams = response.streams()
        self._stream: Any = None

    async def __anext__(self) -> Any:
        while True:
            if self._stream is None:
                self._stream = await anext(self._streams)
            async for delta in self._stream:
                return delta
            self._stream = None


def arrived(response: Any) -> int:
    """Return how many events there are; what comes after the last content may be given up."""
    if response.closed:
        return 1000
    return len(response.raw_stream_events) or len(response.chunks)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("order", ["leaver first", "other first", "alone"])
async def test_a_reader_leaves_at_every_event(
    world: World, layers: list[llm.Layer], way: str, order: str
) -> None:
    """It comes back each time, and misses nothing; neither does the other one."""
    if way == "close" and order == "alone":
        pytest.skip("its future would be that of two tasks")
    response = await world.ask(layers)
    iterator, other = response.chunk_stream(), response.chunk_stream()
    got: list[Any] = []
    seen: list[Any] = []
    reading: asyncio.Task[Any] | None = None
    for index in range(-1, len(world.events)):
        while len(got) < len(response.chunks):
            got.append(await anext(iterator))
        leave = asyncio.Event()
        if order == "other first" and reading is None:
            reading = start(other)
            await rounds()
        leaving = asyncio.create_task(WAYS[way](iterator, leave))
        await rounds()
        if order == "leaver first" and reading is None:
            reading = start(other)
            await rounds()
        leave.set()
        found = await leaving
        if found is not LEFT and found is not None:  # a layer had held it back
            got.append(found)
        assert response.error is None
        if index < 0:
            world.begin()
            continue
        world.send(index)
        if order == "alone":
            reading = start(iterator)
        assert reading is not None
        expected = reading
        await until(lambda: arrived(response) > index or expected.done())  # noqa: B023
        if order == "alone":
            await rounds()
            if not reading.done():  # an event without content
                reading.cancel()
                await asyncio.wait([reading])
            elif (found := reading.result()) is not None:
                got.append(found)
            continue
        while len(seen) < len(response.chunks):
            seen.append(await reading)
            reading = start(other)
    world.end()
    if order != "alone":
        assert reading is not None
        assert await reading is None
        assert seen == list(response.chunks)
    assert [*got, *[chunk async for chunk in iterator]] == list(response.chunks)
    await response.finish()
    assert response.state == "complete"
    assert [chunk async for chunk in response.chunk_stream()] == list(response.chunks)
    assert world.requests == 1


@pytest.mark.parametrize("reader", READERS)
async def test_every_iterator_survives_its_cancellation(
    world: World, layers: list[llm.Layer], reader: str
) -> None:
    response = await world.ask(layers)
    iterator = READERS[reader](response)
    got: list[Any] = []

    async def read() -> bool:
        """Read until the loop goes round eight times without anything, and be cancelled then."""
        task = start(iterator)
        await rounds()
        while task.done():
            if (item := task.result()) is None:
                return False
            got.append(item)
            task = start(iterator)
            await rounds()
        task.cancel()
        await asyncio.wait([task])
        return True

    await read()
    world.begin()
    for index in range(len(world.events)):
        await read()
        world.send(index)
        while await read() and arrived(response) <= index:
            pass
    world.end()
    got += [item async for item in iterator]
    assert response.state == "complete"
    assert got == [item async for item in READERS[reader](response)]
    assert world.requests == 1


@pytest.mark.parametrize("passed", range(16))
async def test_cancelled_in_the_round_in_which_data_arrives(
    world: World, layers: list[llm.Layer], passed: int
) -> None:
    response = await world.ask(layers)
    iterator = response.chunk_stream()
    got: list[Any] = []
    steps: list[Callable[[], None]] = [
        world.begin,
        *[lambda index=index: world.send(index) for index in range(len(world.events))],
        world.end,
    ]
    for step in steps:
        while len(got) < len(response.chunks):
            got.append(await anext(iterator))
        task = start(iterator)
        await world.asked()
        await rounds()
        step()
        await rounds(passed)
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled() and (chunk := task.result()) is not None:
            got.append(chunk)
    got += [chunk async for chunk in iterator]
    assert got == list(response.chunks)
    assert response.state == "complete"
    assert world.requests == 1


async def test_breaking_and_closing_an_iterator(world: World, layers: list[llm.Layer]) -> None:
    response = await world.ask(layers)
    world.begin()
    for index in range(len(world.events)):
        world.send(index)
    world.end()
    total = 0
    while True:
        count = 0
        iterator = response.chunk_stream()
        async for _ in iterator:
            count += 1
            if count > total:
                break
        else:
            break
        total = count
        await iterator.aclose()
        assert [chunk async for chunk in iterator] == []
        assert not response.closed
    assert total == len(response.chunks) > 5
    assert response.state == "complete"


async def test_a_slow_reader_gets_what_is_there(world: World, layers: list[llm.Layer]) -> None:
    """Also while another one waits for more, whoever of them was first."""
    if racing in layers:
        pytest.skip("it holds events back while nothing is sent, and so cannot be kept in step")
    response = await world.ask(layers)
    iterators = [response.chunk_stream() for _ in range(3)]
    readings = [start(iterator) for iterator in iterators]
    counts = [0, 0, 0]
    await rounds()
    world.begin()
    for index in range(len(world.events)):
        world.send(index)
        await until(lambda: arrived(response) > index)  # noqa: B023
        expected = len(response.chunks)
        for place, iterator in enumerate(iterators):
            while counts[place] < expected:
                await readings[place]  # and nothing more is sent meanwhile
                counts[place] += 1
                readings[place] = start(iterator)
                await rounds(place)
    world.end()
    assert await asyncio.gather(*readings) == [None] * 3
    assert response.state == "complete"


async def test_who_waits_behind_a_cancelled_reader_reads_on(
    world: World, layers: list[llm.Layer]
) -> None:
    response = await world.ask(layers)
    tasks = [start(response.chunk_stream()) for _ in range(5)]
    await rounds()
    for task in tasks[:4]:
        task.cancel()
    await rounds(1)
    tasks[4].cancel()
    last = start(response.chunk_stream())
    await asyncio.wait(tasks)
    assert all(task.cancelled() for task in tasks)
    world.begin()
    for index in range(len(world.events)):
        world.send(index)
    world.end()
    assert await last == response.chunks[0]
    await response.finish()
    assert response.state == "complete"
    assert world.requests == 1


async def test_two_tasks_share_an_iterator(world: World) -> None:
    response = await world.ask()
    iterator = response.chunk_stream()

    async def read() -> list[Any]:
        return [chunk async for chunk in iterator]

    tasks = [asyncio.create_task(read()) for _ in range(2)]
    world.begin()
    for index in range(len(world.events)):
        world.send(index)
        await rounds()
    world.end()
    first, second = await asyncio.gather(*tasks)
    assert len(first) + len(second) == len(response.chunks)


async def test_a_resumed_stream_survives_too(layers: list[llm.Layer]) -> None:
    with llm.testing.simulate(["one two three", "four five six"]) as simulator:
        model = llm.Model("openai/gpt-5-mini", layers=layers)
        response = await model.stream_async("hi")
        await anext(response.chunk_stream())
        task = asyncio.create_task(response.finish())
        await rounds(1)
        task.cancel()
        await asyncio.wait([task])
        again = await response.resume("more")
        task = asyncio.create_task(again.finish())
        await rounds(1)
        task.cancel()
        await asyncio.wait([task])
        await asyncio.gather(response.finish(), again.finish())
        assert response.text() == "one two three"
        assert again.text() == "four five six"
        assert len(simulator.requests) == 2


# --- errors


@pytest.mark.parametrize("events", [0, 4])
async def test_a_cut_while_the_reader_is_away(
    world: World, layers: list[llm.Layer], events: int
) -> None:
    response = await world.ask(layers)
    world.begin()
    for index in range(events):
        world.send(index)
        reading = asyncio.create_task(response.finish())
        await until(lambda: arrived(response) > index)  # noqa: B023
        await rounds()
        reading.cancel()
        await asyncio.wait([reading])
    iterator = response.text_stream()
    world.cut()
    await rounds()
    with pytest.raises(llm.StreamTruncatedError):
        async for _ in iterator:
            pass
    assert response.state == "truncated"
    with pytest.raises(llm.StreamTruncatedError):
        await anext(iterator)
    with pytest.raises(llm.StreamTruncatedError):
        await response.finish()
    assert world.requests == 1


async def test_an_error_status_while_the_reader_is_away(layers: list[llm.Layer]) -> None:
    from mirascope.llm.testing import Status, Turn

    with llm.testing.simulate([Turn(fault=Status(429))]) as simulator:
        response = await llm.Model("openai/gpt-5-mini", layers=layers).stream_async("hi")
        task = asyncio.create_task(response.finish())
        await rounds(1)
        task.cancel()
        await asyncio.wait([task])
        await rounds()
        with pytest.raises(llm.RateLimitError):
            await response.finish()
        assert response.state == "failed"
        assert len(simulator.requests) == 1


# --- the end


async def nothing_left(noise: list[Any]) -> None:
    """Check that the tasks which a stream had are over, and that nobody complained."""
    me = asyncio.current_task()
    await until(lambda: asyncio.all_tasks() == {me})
    assert noise == []


@pytest.fixture
async def noise() -> list[Any]:
    """Return what the loop complains of."""
    complaints: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, what: complaints.append(what))
    return complaints


async def leave_one(response: Any) -> None:
    task = asyncio.create_task(response.finish())
    await rounds()
    task.cancel()
    await asyncio.wait([task])


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("how", ["drop", "close", "aclose"])
@pytest.mark.parametrize("when", ["opening", "reading", "left", "left opening"])
async def test_only_dropping_or_closing_ends_it(
    world: World, layers: list[llm.Layer], when: str, how: str, noise: list[Any]
) -> None:
    response = await world.ask(layers)
    if when in ("opening", "left opening"):
        await leave_one(response)
        await world.asked()
        if when == "left opening":
            world.begin()
            await rounds(20)
    else:
        world.begin()
        world.send(0)
        world.send(1)
        await anext(response.chunk_stream())
        if when == "left":
            await leave_one(response)
            world.send(2)
            await rounds()
    match how:
        case "close":
            response.close()
        case "aclose":
            await response.aclose()
        case _:
            pass
    del response
    await world.gone()
    await nothing_left(noise)


async def test_a_reader_who_is_the_last_to_know_it(
    world: World, layers: list[llm.Layer], noise: list[Any]
) -> None:
    """The response is dropped by everybody but a task, which is cancelled."""
    response = await world.ask(layers)
    world.begin()
    world.send(0)
    world.send(1)
    await anext(response.chunk_stream())
    task = asyncio.create_task(response.finish())
    del response
    await rounds()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    del task
    await world.gone()
    await nothing_left(noise)


async def test_close_wakes_every_reader(
    world: World, layers: list[llm.Layer], noise: list[Any]
) -> None:
    response = await world.ask(layers)
    tasks = [asyncio.create_task(response.finish()) for _ in range(3)]
    await world.asked()
    response.close()
    await world.gone()
    for task in tasks:
        with pytest.raises(llm.StreamCancelledError):
            await task
    assert response.state == "cancelled"
    await nothing_left(noise)


def test_a_loop_that_ends_with_a_half_read_answer() -> None:
    for name in ("aiohttp", "memory", "generator"):  # an httpx client is its owner's to close
        for layers in LAYERS.values():
            for begun in (False, True):
                complaints: list[Any] = []
                kept: list[Any] = []

                async def main(
                    name: str, layers: list[llm.Layer], begun: bool, kept: list[Any], noise: Any
                ) -> None:
                    asyncio.get_running_loop().set_exception_handler(
                        lambda _, what: noise.append(what)
                    )
                    world = open_world(name)
                    response = await world.ask(layers)
                    if begun:
                        world.begin()
                        world.send(0)
                        world.send(1)
                        await anext(response.chunk_stream())
                    kept.append(asyncio.create_task(response.finish()))
                    await rounds(20)
                    kept.append(response)
                    kept.append(world)

                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    asyncio.run(main(name, layers, begun, kept, complaints))
                    task, response, world = kept
                    assert task.cancelled(), task
                    assert response.state in ("pending", "streaming")
                    del task, response
                    kept.clear()
                    asyncio.run(world.aclose())
                    del world
                    gc.collect()
                assert complaints == []
