"""Running the tool calls of one answer: which begins when, who is waited for, and how long."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, Protocol

from mirascope.llm.content import ToolCall, ToolOutput
from mirascope.llm.exceptions import ToolExecutionError
from mirascope.llm.running.options import Settings
from mirascope.llm.running.record import CallRecord, Execution
from mirascope.llm.types.error_text import told

__all__ = ["Wait", "Workers", "performing", "seconds_saved"]


@dataclass(frozen=True)
class Wait:
    """Wait until one of some calls has ended."""

    handles: Sequence[Any]
    seconds: float | None
    """The longest to wait; None for as long as it takes."""


class Workers(Protocol):
    """What runs calls, in one of the two colours."""

    def start(self, call: ToolCall, *, alone: bool = False) -> Any:
        """Begin a call and return the future of its output; `alone` if no other runs meanwhile."""
        ...

    def gets(self, handle: Any) -> bool:
        """Return whether the output of a call that was begun will be had here."""
        ...

    def abandon(self, handle: Any) -> None:
        """Wait for a call no longer, and stop it where that is possible."""
        ...


def performing(
    record: CallRecord,
    calls: Sequence[ToolCall],
    workers: Workers,
    settings: Settings,
    clock: Callable[[], float],
) -> Generator[Wait, None, None]:
    """Bring the outputs of `calls` into `record`.

    What was begun before, eagerly or by a run that was interrupted, is waited for and not begun
    again.

    Raises:
        BaseException: What left a tool and is no `Exception`.
    """
    _forget(record, calls, workers)
    waiting = _not_begun(record, calls)
    alone = settings.tool_timeout is None and (settings.parallel == 1 or len(waiting) == 1)
    while True:
        _collect(record, workers, settings.tool_timeout, clock)
        while waiting and (settings.parallel is None or len(record.started) < settings.parallel):
            call = waiting[0]
            at = clock()
            record.begin(call, workers.start(call, alone=alone and not record.started), clock, at)
            waiting.popleft()
        if record.started:
            running = record.started.values()
            seconds = None
            if settings.tool_timeout is not None:
                due = min(execution.began for execution in running) + settings.tool_timeout
                seconds = max(due - clock(), 0.0)
            yield Wait([execution.handle for execution in running], seconds)
        else:
            # Another run of the same answer may have been cancelled, and what it had begun with it.
            waiting = _not_begun(record, calls)
            if not waiting:
                return


def _not_begun(record: CallRecord, calls: Iterable[ToolCall]) -> deque[ToolCall]:
    return deque(
        call for call in calls if call.id not in record.outputs and call.id not in record.started
    )


def _forget(record: CallRecord, calls: Iterable[ToolCall], workers: Workers) -> None:
    """Forget what was begun and brings nothing: cancelled, gone with its loop, or never called."""
    by_id = {call.id: call for call in calls}
    for id, execution in [*record.started.items()]:
        if by_id.get(id) != execution.call:  # of an answer that has begun again since
            workers.abandon(execution.handle)
            del record.started[id]
        elif not workers.gets(execution.handle):
            del record.started[id]


def _collect(
    record: CallRecord, workers: Workers, timeout: float | None, clock: Callable[[], float]
) -> None:
    """Take the outputs that are there, and give up calls that have taken too long."""
    now = clock()
    for execution in [*record.started.values()]:
        if execution.handle.done():
            del record.started[execution.call.id]  # if it raises, it is to be run again
            record.end(execution, execution.handle.result(), now)
        elif timeout is not None and execution.began + timeout <= now:
            workers.abandon(execution.handle)
            record.end(execution, _took_too_long(execution, timeout), now)


def _took_too_long(execution: Execution, timeout: float | None) -> ToolOutput[Any]:
    call = execution.call
    error = TimeoutError(f"{call.name} took longer than {timeout:g} s")
    return ToolOutput(
        id=call.id, name=call.name, result=told(error), error=ToolExecutionError(error)
    )


def seconds_saved(
    times: Sequence[tuple[float, float]], answered: float, parallel: int | None
) -> float:
    """Return what beginning early has saved: the calls as they would have run, less as they did.

    Args:
        times: When each call began and ended.
        answered: When the answer ended.
        parallel: How many calls may run at the same time.
    """
    if not any(began < answered for began, _ in times):
        return 0.0
    free: list[float] = []
    for began, ended in times:
        full = parallel is not None and len(free) >= parallel
        heappush(free, (heappop(free) if full else 0.0) + ended - began)
    took = max(0.0, max(ended for _, ended in times) - answered)
    return max(0.0, max(free) - took)
