"""The loop of a run: read an answer, run the tools it calls, send back what they returned.

Written once for both colours and all kinds of responses, as a flow of steps that the drivers take.
All that a run knows stands in the loop and in the answers, so a flow that was left anywhere is
taken up by a new one.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from mirascope.llm.content import ToolCall, ToolOutput
from mirascope.llm.exceptions import RunLimitExceeded
from mirascope.llm.running.options import Settings
from mirascope.llm.running.performing import Wait, Workers, performing, seconds_saved
from mirascope.llm.running.record import CallRecord, Round
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["Ask", "Loop", "Read", "Show", "Step"]


@dataclass(frozen=True)
class Show:
    """Give an answer to whoever iterates over the turns."""

    turn: Any


@dataclass(frozen=True)
class Read:
    """Read an answer to its end."""

    turn: Any


@dataclass(frozen=True)
class Ask:
    """Send back what the tools of an answer returned; the step brings the next answer."""

    turn: Any
    outputs: Sequence[ToolOutput[Jsonable]]


Step: TypeAlias = Show | Read | Wait | Ask


class Loop:
    """A run, as far as it has come.

    Attributes:
        turn: The answer that the run has reached. It may be on its way.
    """

    def __init__(
        self,
        first: Any,
        settings: Settings,
        workers_of: Callable[[Any], Workers],
        *,
        shows: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin at an answer.

        Args:
            first: The answer, read or not.
            settings: How to go on.
            workers_of: Returns who runs the tools of an answer.
            shows: Whether answers that are not read yet are given to somebody.
            clock: Tells the time, in seconds.
        """
        self.turn = first
        self._settings = settings
        self._workers_of = workers_of
        self._shows = shows
        self._clock = clock
        self._whole: Any = None  # the last answer that was read to its end
        self._shown: Any = None
        self._answered_at = clock()
        self._early: deque[ToolCall] = deque()  # complete calls of eager tools, not begun yet
        self._looked_at = 0
        self._running: list[Any] = []  # the futures of those that were begun early

    def flow(self) -> Generator[Step, Any, None]:
        """Go on from where the run is, until an answer ends it or somebody has to decide.

        Raises:
            RunLimitExceeded: It would go on, and a limit does not let it.
        """
        while True:
            turn = self.turn
            workers = self._workers_of(turn)
            if not turn.is_read:
                self._start_early(turn, workers)
                if self._shows and self._shown is not turn:
                    self._shown = turn
                    yield Show(turn)
                yield Read(turn)
                self._answered_at = self._clock()
            self._whole = turn
            if not turn.tool_calls or self._settings.stops(turn):
                return
            self._check(turn)
            outputs: Sequence[ToolOutput[Jsonable]] | None = yield from self._outputs(turn, workers)
            if outputs is None:
                return
            following = yield Ask(turn, outputs)
            following.rounds = (*turn.rounds, self._round(turn, outputs))
            self.turn = following

    def fall_back(self) -> None:
        """Stand where the run can go on: before an answer that broke off, which is asked anew."""
        if self._whole is not None and getattr(self.turn, "error", None) is not None:
            self.turn = self._whole

    def _outputs(
        self, turn: Any, workers: Workers
    ) -> Generator[Wait, None, Sequence[ToolOutput[Jsonable]] | None]:
        """Return the outputs of an answer's calls; None if somebody has to decide on one."""
        record: CallRecord = turn.call_record
        tools = turn.toolkit.tools_dict
        calls = [call for call in turn.tool_calls if not record.waits(call, tools)]
        yield from performing(record, calls, workers, self._settings, self._clock)
        if record.pending(turn.tool_calls, tools):
            return None
        return record.in_order(turn.tool_calls)

    def _round(self, turn: Any, outputs: Sequence[ToolOutput[Jsonable]]) -> Round:
        times = turn.call_record.times
        last = max((ended for _, ended in times), default=0.0)
        return Round(
            calls=[*turn.tool_calls],
            outputs=outputs,
            usage=turn.usage,
            requests=_requests(turn),
            cost=turn.cost if self._settings.limits.cost is not None else None,
            seconds=max(0.0, last - self._answered_at),
            saved_seconds=seconds_saved(times, self._answered_at, self._settings.parallel),
        )

    # --- limits

    def _check(self, turn: Any) -> None:
        """Raise if the run would exceed a limit by going on."""
        limit = self._limit(turn, len(turn.tool_calls))
        if limit is not None:
            raise RunLimitExceeded(limit, turn)

    def _limit(self, turn: Any, calls: int) -> str | None:
        """Return the limit that would be exceeded by `calls` calls and another request."""
        rounds: Sequence[Round] = turn.rounds
        limits = self._settings.limits
        answers = [one.usage for one in rounds] + [turn.usage]
        usages = [usage for usage in answers if usage is not None]
        turns = self._settings.max_turns
        if turns is not None and len(answers) >= turns:
            return f"max_turns={turns}"
        if limits.requests is not None and (
            sum(one.requests for one in rounds) + _requests(turn) >= limits.requests
        ):
            return f"requests={limits.requests}"
        if limits.tool_calls is not None and (
            sum(len(one.calls) for one in rounds) + calls > limits.tool_calls
        ):
            return f"tool_calls={limits.tool_calls}"
        for name in ("input_tokens", "output_tokens"):
            limit = getattr(limits, name)
            if limit is not None and sum(getattr(one, name) for one in usages) >= limit:
                return f"{name}={limit}"
        if limits.cost is not None:
            costs = [one.cost for one in rounds] + [turn.cost]
            known = [cost for cost in costs if cost is not None]
            if len(known) < len(costs):
                raise ValueError(
                    f"A limit of cost was given, and what an answer of {turn.model_id} costs is "
                    "not known."
                )
            if sum(known) >= limits.cost:
                return f"cost={limits.cost}"
        return None

    # --- eager tools

    def _start_early(self, turn: Any, workers: Workers) -> None:
        """Have eager tools begin while `turn` is being read, if it has any."""
        if any(tool.eager for tool in turn.toolkit.tools_dict.values()):
            self._looked_at = 0
            self._early.clear()
            turn.before_each_pull(partial(self._start_complete, turn, workers))

    def _start_complete(self, turn: Any, workers: Workers) -> None:
        """Begin the calls of eager tools that are complete, as many as may run."""
        record: CallRecord = turn.call_record
        tools = turn.toolkit.tools_dict
        calls: Sequence[ToolCall] = turn.tool_calls
        if len(calls) < self._looked_at:  # the answer has begun again
            self._looked_at = 0
            self._early.clear()
        for call in calls[self._looked_at :]:
            if (
                getattr(tools.get(call.name), "eager", False)
                and call.name != self._settings.stop_when
                and call.id not in record.started
                and not record.waits(call, tools)
            ):
                self._early.append(call)
        self._looked_at = len(calls)
        while self._early and self._is_free() and self._limit(turn, len(calls)) is None:
            call = self._early.popleft()
            at = self._clock()
            handle = workers.start(call)
            record.begin(call, handle, self._clock, at)
            self._running.append(handle)

    def _is_free(self) -> bool:
        """Return whether another call may begin."""
        if self._settings.parallel is None:
            return True
        self._running = [handle for handle in self._running if not handle.done()]
        return len(self._running) < self._settings.parallel


def _requests(turn: Any) -> int:
    return len(turn.attempts) or 1
