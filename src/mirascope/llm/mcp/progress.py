"""How a tool that an MCP client called says how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import TypeAlias

__all__ = ["progress_told", "report_progress"]

_Report: TypeAlias = tuple[float, float | None, str | None]

_reports: ContextVar[Callable[[_Report], None] | None] = ContextVar("reports", default=None)


def report_progress(
    progress: float, total: float | None = None, message: str | None = None
) -> None:
    """Tell the MCP client that called the running tool how far it is.

    From any tool, synchronous ones included. It does nothing where the tool was not called by an
    MCP client, or the client did not ask.

    Args:
        progress: What is done, in any unit; more than the last time.
        total: All there is to do, where that is known.
        message: What is going on.
    """
    report = _reports.get()
    if report is not None:
        report((progress, total, message))


@asynccontextmanager
async def progress_told(
    tell: Callable[[float, float | None, str | None], Awaitable[None]],
) -> AsyncGenerator[None]:
    """Tell what the block reports, in order; all of it is told when the block has ended."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[_Report | None] = asyncio.Queue()

    def put(report: _Report | None) -> None:
        # A tool that was cancelled may run on in its thread, and outlive the loop.
        if not loop.is_closed():
            loop.call_soon_threadsafe(queue.put_nowait, report)

    async def pass_on() -> None:
        while (report := await queue.get()) is not None:
            await tell(*report)

    passing = asyncio.create_task(pass_on())
    token = _reports.set(put)
    try:
        yield
        put(None)
        await passing
    finally:
        _reports.reset(token)
        passing.cancel()
