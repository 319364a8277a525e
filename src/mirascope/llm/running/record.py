"""What became of the tool calls of one answer: decided, begun, done.

It belongs to the answer, so that nothing is run twice however often a run is interrupted, and it is
saved with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mirascope.llm.content import ToolCall, ToolOutput
from mirascope.llm.exceptions import ToolError
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["CallRecord", "Execution", "Round"]


@dataclass(frozen=True, kw_only=True)
class Round:
    """One answer of a run that called tools, and what they returned."""

    calls: Sequence[ToolCall]
    outputs: Sequence[ToolOutput[Jsonable]]
    """In the order of the calls."""
    usage: Any
    """The `Usage` of the answer; None where the provider did not say."""
    requests: int
    """How many requests the answer took, those that failed included."""
    cost: Any
    """The `Cost` of the answer, where a limit of cost asks for it; None otherwise."""
    seconds: float
    """From the end of the answer to the last output."""
    saved_seconds: float
    """How much longer that would have been, had no tool begun before the end of the answer."""


@dataclass(eq=False)
class Execution:
    """A call that was begun."""

    call: ToolCall
    handle: Any
    """The future of its output, that of a thread or of a task."""
    began: float
    """On the clock of the run, as `ended`."""
    ended: float | None = None


@dataclass
class CallRecord:
    """What became of the tool calls of one answer, by their ids."""

    outputs: dict[str, ToolOutput[Jsonable]] = field(
        default_factory=dict[str, ToolOutput[Jsonable]]
    )
    approved: dict[str, ToolCall] = field(default_factory=dict[str, ToolCall])
    started: dict[str, Execution] = field(default_factory=dict[str, Execution])
    """Those that run, or have ended since one last looked."""
    times: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    """When those that are done began and ended."""

    def __getstate__(self) -> dict[str, Any]:
        # What runs, runs here: in a copy it has not been begun.
        return {**vars(self), "started": {}, "times": []}

    def __bool__(self) -> bool:
        return bool(self.outputs or self.approved)

    def pending(self, calls: Iterable[ToolCall], tools: Mapping[str, Any]) -> list[ToolCall]:
        """Return the calls that somebody has to decide on."""
        return [call for call in calls if self.waits(call, tools)]

    def waits(self, call: ToolCall, tools: Mapping[str, Any]) -> bool:
        """Return whether somebody has to decide on a call before it is run."""
        if call.id in self.outputs or not getattr(tools.get(call.name), "requires_approval", False):
            return False
        # The whole call is compared: what was approved is these arguments, and not an id.
        return self.approved.get(call.id) != call

    def approve(self, call: ToolCall) -> None:
        """Let a call be run."""
        self.approved[call.id] = call

    def deny(self, call: ToolCall, message: str) -> None:
        """Answer a call with `message` instead of running it."""
        self.approved.pop(call.id, None)
        error = ToolError(message)
        self.outputs[call.id] = ToolOutput(id=call.id, name=call.name, result=message, error=error)

    def in_order(self, calls: Iterable[ToolCall]) -> list[ToolOutput[Jsonable]]:
        """Return the outputs of calls that all have one."""
        return [self.outputs[call.id] for call in calls]

    def begin(self, call: ToolCall, handle: Any, clock: Callable[[], float], at: float) -> None:
        """Take note of a call that was begun."""
        execution = self.started[call.id] = Execution(call, handle, at)

        def ended(_: object) -> None:
            execution.ended = clock()

        handle.add_done_callback(ended)

    def settle(self) -> None:
        """Take the outputs of those that have ended since one last looked."""
        for execution in [*self.started.values()]:
            handle = execution.handle
            if handle.done() and not handle.cancelled() and handle.exception() is None:
                self.end(execution, handle.result(), execution.began)

    def end(self, execution: Execution, output: ToolOutput[Jsonable], now: float) -> None:
        """Take note of the output of a call, or of what is said in its place."""
        call = execution.call
        self.started.pop(call.id, None)
        self.outputs[call.id] = output
        self.times.append((execution.began, execution.ended or now))
