"""Thousands of streams at once, one in twenty of which breaks: ``python -m bench.load``.

Every reader reads one answer after the other, for as long as is asked. Each answer has to end as
its fault and the way of asking demand: as `ENDS` says when it is asked for plainly, whole with
`llm.retry` and `llm.recover`. Meanwhile memory, descriptors and the stalls of the event loop are
sampled; afterwards nothing may be left.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import itertools
import os
import random
import resource
import statistics
import sys
import threading
import time
import tracemalloc
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from bench.faulty import FAULTS, Order
from bench.measure import serving
from mirascope import llm
from mirascope.llm.transport.default import default_transport

WAYS: dict[str, Sequence[llm.Layer]] = {
    "plain": (),
    "retry": (llm.retry(),),
    "recover": (llm.recover(),),
}
ENDS: dict[str, tuple[str, type[llm.Error] | None]] = {
    "none": ("complete", None),
    "cut": ("truncated", llm.StreamTruncatedError),
    "reset": ("truncated", llm.StreamTruncatedError),
    "stall": ("timed_out", llm.TimeoutError),
    "busy": ("failed", llm.RateLimitError),
    "overload": ("failed", llm.ServerError),
}
"""How an answer with a fault ends where nothing heals it."""
ONE_IN = 20
"""One answer in so many has a fault."""
SAMPLED = 0.5
"""Seconds between two samples of memory."""
TICK = 0.01
"""Seconds after which the event loop is asked to come back, to see how much later it does."""
JUDGED = 30
"""Seconds of a run below which growth of memory says nothing."""
FLAT = 0.1
"""Growth of memory, as a part of it, that is taken for none in the judged part of a run: answers
that a stall of the machine has brought into step are all long at the same time."""


@dataclass
class Ending:
    """How an answer ended, as its reader saw it."""

    text: str
    restarts: int
    error: llm.Error | None
    response: llm.AsyncStreamResponse


@dataclass
class Tally:
    """What happened in a run."""

    right: Counter[str] = field(default_factory=Counter[str])
    wrong: list[str] = field(default_factory=list[str])
    complaints: list[str] = field(default_factory=list[str])
    """What Python and asyncio could only report."""
    chunks: int = 0
    stalls: array[float] = field(default_factory=lambda: array("d"))
    """Seconds, one for each tick."""
    busy: array[float] = field(default_factory=lambda: array("d"))
    """Seconds of CPU the loop's thread took in each tick: what of a stall is not the machine's."""
    collector: float = 0.0
    """The longest pause of the garbage collector, seconds of CPU: the longest of what is busy."""
    memory: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    """Seconds since the start, and MB."""
    descriptors: int = 0
    tasks: int = 0


def resident() -> float:
    """Return the memory of this process in MB."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6
    except FileNotFoundError:  # not Linux: the most there was, which has to be flat as well
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def left() -> dict[str, int]:
    """Count what must not grow from run to run."""
    gc.collect()
    return {"descriptors": len(os.listdir("/dev/fd")), "threads": threading.active_count()}


def fault_in(way: str, order: Order, ending: Ending) -> str | None:
    """Say what is wrong with how an answer ended, if anything is."""
    whole, said = "".join(order.words), "".join(order.words[: order.at])
    state, error = ENDS[order.fault]
    text, attempts, restarts = whole, 1, 0
    if way != "plain" and order.fault != "none":
        state, error, attempts = "complete", None, 2
        restarts = int(way == "retry" and order.fault != "busy")
    elif order.fault != "none":
        text = "" if order.fault == "busy" else said
    response = ending.response
    # A reset may overtake what was sent before it; nothing else may lose a character. And where the
    # machine stalls for as long as the short limit, what is not meant to stall may be asked again.
    hasty = order.fault == "stall"
    cut_short = (hasty or order.fault == "reset") and error and text.startswith(ending.text)
    asked = len(response.attempts)
    found = {
        "state": response.state == state,
        "error": ending.error is None if error is None else isinstance(ending.error, error),
        "text": ending.text == text or cut_short,
        "kept text": response.text() == ending.text,
        "attempts": way == "plain" or asked == attempts or (hasty and asked > attempts),
        "restarts": ending.restarts == restarts or (hasty and ending.restarts < asked),
    }
    if all(found.values()):
        return None
    bad = [what for what, right in found.items() if not right]
    return (
        f"{way}, {order}: wrong {', '.join(bad)}: {response.state}, {ending.error!r}, "
        f"{len(ending.text)} of {len(text)} characters, {ending.restarts} restarts, "
        f"{[attempt.error for attempt in response.attempts]}"
    )


async def read(model: llm.Model, order: Order, tally: Tally) -> Ending:
    """Read one answer to its end, over restarts."""
    response = await model.stream_async(str(order))
    for restarts in itertools.count():
        text = ""
        try:
            async for piece in response.text_stream():
                text += piece
                tally.chunks += 1
        except llm.StreamRestarted:
            continue
        except llm.Error as error:
            return Ending(text, restarts, error, response)
        return Ending(text, restarts, None, response)
    raise AssertionError


class Run:
    """One way of asking, under load."""

    def __init__(self, way: str, options: argparse.Namespace, numbers: itertools.count[int]):
        self.way = way
        self.options = options
        self.numbers = numbers
        self.tally = Tally()
        model = llm.Model("bench/model", keep_raw=False).within(WAYS[way])
        # Only what is to stall has a short limit: a busy machine makes nothing else look stalled.
        hasty = llm.Timeout(idle=options.patience)
        stalled = llm.Model("bench/model", keep_raw=False, timeout=hasty).within(WAYS[way])
        self.models = dict.fromkeys(ENDS, model) | {"stall": stalled}
        self.random = random.Random(options.seed)
        self.collecting = 0.0

    def order(self) -> Order:
        """Return the next order."""
        number = next(self.numbers)
        turn, rest = divmod(number, ONE_IN)
        fault = "none" if rest else FAULTS[turn % len(FAULTS)]
        chunks, pause = self.options.chunks, self.options.pause
        return Order(number, chunks, pause, fault, self.random.randrange(1, chunks))

    async def reader(self, until: float) -> None:
        """Read answers until the time is over."""
        # Not all at once: else all answers would be short, and then long, at the same time.
        answer = self.options.chunks * self.options.pause / 1000
        await asyncio.sleep(self.random.random() * min(answer, self.options.seconds / 2))
        while time.perf_counter() < until:
            order = self.order()
            try:
                ending = await read(self.models[order.fault], order, self.tally)
                wrong = fault_in(self.way, order, ending)
            except Exception as error:
                wrong = f"{self.way}, {order}: {error!r}"
            if wrong is None:
                self.tally.right[order.fault] += 1
            else:
                self.tally.wrong.append(wrong)

    async def watch_loop(self) -> None:
        """Note how late the event loop is."""
        tally = self.tally
        while True:
            due, used = time.perf_counter() + TICK, time.thread_time()
            await asyncio.sleep(TICK)
            tally.stalls.append(time.perf_counter() - due)
            tally.busy.append(time.thread_time() - used)

    async def watch_memory(self) -> None:
        """Note the memory, and the most descriptors and tasks."""
        tally, started = self.tally, time.perf_counter()
        while True:
            await asyncio.sleep(SAMPLED)
            traced, _ = tracemalloc.get_traced_memory()
            memory = traced / 1e6 if tracemalloc.is_tracing() else resident()
            tally.memory.append((time.perf_counter() - started, memory))
            tally.descriptors = max(tally.descriptors, len(os.listdir("/dev/fd")))
            tally.tasks = max(tally.tasks, len(asyncio.all_tasks()))

    def watch_collector(self, phase: str, info: dict[str, int]) -> None:
        """Note the longest pause; to be called by `gc`."""
        if phase == "start":
            self.collecting = time.thread_time()
        else:
            pause = time.thread_time() - self.collecting
            self.tally.collector = max(self.tally.collector, pause)

    async def all(self) -> None:
        """Run it; notice tasks that are left."""
        asyncio.get_running_loop().set_exception_handler(
            lambda loop, context: self.tally.complaints.append(f"asyncio: {context}")
        )
        until = time.perf_counter() + self.options.seconds
        watchers = [asyncio.create_task(w()) for w in (self.watch_loop, self.watch_memory)]
        await asyncio.gather(*(self.reader(until) for _ in range(self.options.streams)))
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)
        await default_transport().aclose()
        for _ in range(10):  # what closes at once has come to its end
            await asyncio.sleep(0)
        gc.collect()
        if tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            self.tally.complaints.append(f"{len(tasks)} tasks are left: {[*tasks][:3]}")

    def slope(self) -> tuple[float, float, float]:
        """Return MB after the warm-up, the growth in MB a minute, and that of the judged part."""
        after, until = self.options.seconds / 2, self.options.seconds
        judged = [sample for sample in self.tally.memory if after < sample[0] < until]
        if len(judged) < 2:
            return 0.0, 0.0, 0.0
        times, sizes = zip(*judged, strict=True)
        a_second = statistics.linear_regression(times, sizes).slope
        return statistics.median(sizes), a_second * 60, a_second * (until - after)

    def report(self, cpu: float, grown: dict[str, int], blocks: int) -> bool:
        """Print what happened; return whether all was right."""
        tally, most = self.tally, 3
        streams = sum(tally.right.values()) + len(tally.wrong)
        ends = ", ".join(f"{tally.right[f]:,} {f}" for f in ENDS)
        print(f"\n{self.way}: {streams:,} answers, {tally.chunks:,} chunks")
        print(f"  right ends               {sum(tally.right.values()):>10,}  ({ends})")
        print(f"  wrong ends               {len(tally.wrong):>10,}")
        print(f"  CPU, all included        {cpu / max(tally.chunks, 1) * 1e6:>10.1f} us/chunk")
        for name, seconds in (("late", tally.stalls), ("busy", tally.busy)):
            ticks = sorted(seconds) or [0.0]
            p50, p99, longest = (ticks[int(p * (len(ticks) - 1))] * 1e3 for p in (0.5, 0.99, 1))
            of_all = f"(p50 {p50:.1f}, at most {longest:.1f})"
            print(f"  event loop {name}, p99     {p99:>10.1f} ms  {of_all}")
        print(f"  collector's longest      {tally.collector * 1e3:>10.1f} ms")
        size, minute, growth = self.slope()
        what = "traced by tracemalloc" if tracemalloc.is_tracing() else "resident"
        print(f"  memory, {what:<17}{size:>10.1f} MB ({minute:+.2f} MB a minute after warm-up)")
        kept = blocks / max(streams, 1)
        print(f"  kept when all is over    {kept:>10.2f} blocks of memory an answer")
        print(f"  descriptors, at most     {tally.descriptors:>10,}  ({tally.tasks:,} tasks)")
        print(f"  left behind              {grown or 'nothing'!s:>10}")
        if self.options.seconds >= JUDGED and growth > FLAT * size:
            tally.complaints.append(f"memory is not flat: {growth:.1f} MB more")
        if self.options.seconds >= JUDGED and kept >= 1:  # before that, what is made once counts
            tally.complaints.append(f"{blocks:,} blocks of memory are kept")
        if grown:
            tally.complaints.append(f"left behind: {grown}")
        for what, texts in (("wrong", tally.wrong), ("complaint", tally.complaints)):
            for text in texts[:most]:
                print(f"  ! {what}: {text}")
        return not tally.wrong and not tally.complaints


def run(way: str, options: argparse.Namespace, numbers: itertools.count[int]) -> bool:
    """Run one way of asking, and report it."""
    load = Run(way, options, numbers)

    def hear(unraisable: Any) -> None:
        load.tally.complaints.append(f"unraisable: {unraisable.exc_value!r}")

    sys.unraisablehook = hear
    before, blocks, started = left(), sys.getallocatedblocks(), time.process_time()
    gc.callbacks.append(load.watch_collector)
    asyncio.run(load.all())
    cpu = time.process_time() - started
    gc.callbacks.remove(load.watch_collector)
    after, blocks = left(), sys.getallocatedblocks() - blocks
    grown = {what: after[what] - before[what] for what in after if after[what] > before[what]}
    return load.report(cpu, grown, blocks)


def main() -> None:
    """Run what the command line says; end with 1 where something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("ways", nargs="*", default=list(WAYS), help=f"of {', '.join(WAYS)}: all")
    parser.add_argument("--seconds", type=float, default=60, help="how long each way is tried")
    parser.add_argument("--streams", type=int, default=2000, help="how many at once")
    parser.add_argument("--chunks", type=int, default=20, help="chunks of an answer")
    parser.add_argument("--pause", type=int, default=500, help="milliseconds before each chunk")
    parser.add_argument("--patience", type=float, default=3, help="idle limit of what stalls")
    parser.add_argument("--seed", type=int, default=0, help="where faults are")
    parser.add_argument("--traced", action="store_true", help="measure memory by tracemalloc")
    options = parser.parse_args()
    if unknown := set(options.ways) - set(WAYS):
        parser.error(f"no way {', '.join(sorted(unknown))}; there are {', '.join(WAYS)}")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = options.streams * 2 + 256
    if wanted > hard != resource.RLIM_INFINITY:
        parser.error(f"{options.streams} streams need {wanted} descriptors; {hard} are allowed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if options.traced:
        tracemalloc.start()
    numbers = itertools.count()
    import_module("mirascope.llm.transport.async_driver")  # now, and not as growth of the first run
    with serving("bench.faulty") as url:
        llm.register_provider("openai:completions", scope="bench/", base_url=url, api_key="k")
        right = [run(way, options, numbers) for way in options.ways]
    sys.exit(0 if all(right) else 1)


if __name__ == "__main__":
    main()
