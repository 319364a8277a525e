"""Who runs tool calls: threads for a synchronous run, tasks for an asynchronous one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from mirascope.llm.content import ToolCall
from mirascope.llm.running.performing import Wait
from mirascope.llm.running.record import CallRecord
from mirascope.llm.tools import ContextTool, Tool
from mirascope.llm.tools.threads import abandonable, begin

if TYPE_CHECKING:
    from asyncio import Future

__all__ = ["Tasks", "Threads"]


class Threads:
    """Runs each call in a thread of its own, or in the caller's when it runs alone."""

    def __init__(self, execute: Callable[[ToolCall], Any], *, limited: bool) -> None:
        """Prepare to run calls.

        Args:
            execute: Runs one and returns its output.
            limited: Whether a call that takes too long is not waited for.
        """
        self._execute = execute
        self._limited = limited

    def start(self, call: ToolCall, *, alone: bool = False) -> Any:
        """Begin a call; see `Workers`."""
        if alone:
            return _done(self._execute(call))
        context = copy_context()
        context.run(abandonable.set, self._limited)
        return context.run(begin, self._execute, call)

    def gets(self, handle: Any) -> bool:
        """Return whether a call that was begun will bring an output."""
        return not handle.done() or handle.exception() is None

    def abandon(self, handle: Any) -> None:
        """Do nothing: a thread cannot be stopped."""

    def wait(self, step: Wait) -> None:
        """Do what `step` says."""
        from concurrent.futures import FIRST_COMPLETED, wait

        wait(step.handles, step.seconds, FIRST_COMPLETED)


def _done(output: Any) -> Any:
    from concurrent.futures import Future  # slow to import: only those who run tools pay for it

    future = Future[Any]()
    future.set_result(output)
    return future


class Tasks:
    """Runs each call in a task of its own; tools that are not async run in threads there."""

    def __init__(
        self, execute: Callable[[ToolCall], Awaitable[Any]], toolkit: Any, *, limited: bool
    ) -> None:
        """Prepare to run calls; see `Threads`."""
        self._execute = execute
        self._tools = toolkit.tools_dict
        self._limited = limited

    def start(self, call: ToolCall, *, alone: bool = False) -> Any:
        """Begin a call; see `Workers`."""
        import asyncio  # loaded already where there is a running loop

        async def execute() -> Any:
            abandonable.set(self._limited)  # in the task's own context
            return await self._execute(call)

        task = asyncio.get_running_loop().create_task(execute())
        task.add_done_callback(_heard)
        return task

    def gets(self, handle: Any) -> bool:
        """Return whether a call that was begun will bring an output, in the running loop."""
        import asyncio

        if handle.done():
            return not handle.cancelled() and handle.exception() is None
        return handle.get_loop() is asyncio.get_running_loop()

    def abandon(self, handle: Any) -> None:
        """Cancel the task; a tool that does not care is not waited for."""
        handle.cancel()

    async def wait(self, step: Wait) -> None:
        """Do what `step` says."""
        import asyncio

        await asyncio.wait(step.handles, timeout=step.seconds, return_when=asyncio.FIRST_COMPLETED)

    async def cancel(self, record: CallRecord) -> None:
        """Cancel what runs, and wait until it has ended.

        But for tools in threads, which cannot be stopped: their outputs are kept when they come.
        """
        import asyncio

        cancelled: list[Future[Any]] = []
        for id, execution in [*record.started.items()]:
            in_thread = isinstance(self._tools.get(execution.call.name), (Tool, ContextTool))
            if not in_thread and not execution.handle.done():
                execution.handle.cancel()
                cancelled.append(execution.handle)
                del record.started[id]
        await asyncio.gather(*cancelled, return_exceptions=True)


def _heard(task: Any) -> None:
    """Look at how a task ended, or asyncio says later that nobody has."""
    if not task.cancelled():
        task.exception()
