"""Runs in two colours: what takes the steps of the loop."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import Any, Generic, Self

from typing_extensions import TypeVar

from mirascope.llm.running.loop import Ask, Loop, Read, Show, Step
from mirascope.llm.running.options import Settings
from mirascope.llm.running.performing import Wait
from mirascope.llm.running.workers import Tasks, Threads
from mirascope.llm.types.watching import Work, watched

__all__ = ["AsyncRun", "Run", "run_to_end", "run_to_end_async"]

TurnT = TypeVar("TurnT")
ResponseT = TypeVar("ResponseT")


class _Run(Generic[TurnT]):
    """What runs of both colours have in common."""

    def __init__(
        self, first: Any, options: Mapping[str, Any], ctx: tuple[Any, ...], *, streams: bool
    ) -> None:
        """Prepare to go on from an answer.

        Args:
            first: The answer.
            options: See `RunOptions`.
            ctx: The context, for a response that has one.
            streams: Whether each turn is given to whoever iterates, as a stream.
        """
        self._ctx = ctx
        self._streams = streams
        self._settings = Settings.of(options)
        self._loop = Loop(first, self._settings, self._workers_of, shows=streams)
        self._flow: Generator[Step, Any, None] | None = None
        self._over = False
        self._workers: Any = None

    @property
    def response(self) -> Any:
        """Return the answer that the run has reached: the last one, when it is over.

        After an interruption it is the one to go on from, with `run` or `run_stream`.
        """
        return self._loop.turn

    def _workers_of(self, turn: Any) -> Any:
        limited = self._settings.tool_timeout is not None

        def execute(call: Any) -> Any:
            return turn.toolkit.execute(*self._ctx, call)

        self._workers = self._made(execute, turn, limited)
        return self._workers

    def _made(self, execute: Callable[[Any], Any], turn: Any, limited: bool) -> Any:
        raise NotImplementedError

    def _next(self, brought: Any) -> Step | None:
        """Return the next step, None at the end."""
        try:
            if self._flow is None:
                self._flow = self._loop.flow()
                return next(self._flow)
            return self._flow.send(brought)
        except StopIteration:
            self._over = True
            return None

    def _interrupted(self) -> None:
        """Be ready to go on from here."""
        self._flow = None
        self._loop.fall_back()

    def _asked(self, step: Ask) -> Any:
        turn = step.turn
        go_on = turn.resume_as_stream if self._streams else turn.resume
        return go_on(*self._ctx, step.outputs)


class Run(_Run[TurnT]):
    """A run whose turns are streams: iterate over it, and read each one as you like.

    What you leave unread of a turn is read before the next one. After an error or an interruption,
    iterating goes on from there. `close`, or leaving a ``with`` block, ends the turn that is being
    read.
    """

    def _made(self, execute: Callable[[Any], Any], turn: Any, limited: bool) -> Any:
        def watched(call: Any) -> Any:
            with turn._watched():  # as `execute_tools` does
                return execute(call)

        return Threads(watched, limited=limited)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> TurnT:
        """Return the next turn.

        Raises:
            RunLimitExceeded: The run would go on, and a limit does not let it.
            ProviderError: What ended the turn before, or asking for this one.
        """
        turn: TurnT | None = None if self._over else self._advance()
        if turn is None:
            raise StopIteration
        return turn

    def _advance(self) -> Any:
        """Take steps until there is a turn to show; None at the end."""
        brought: Any = None
        try:
            while (step := self._next(brought)) is not None:
                match step:
                    case Show():
                        return step.turn
                    case Read():
                        brought = step.turn.finish()
                    case Wait():
                        brought = self._workers.wait(step)
                    case Ask():
                        brought = self._asked(step)
        except BaseException:
            self._interrupted()
            raise
        return None

    def finish(self) -> TurnT:
        """Go on to the end, and return the last answer."""
        for _ in self:
            pass
        turn: TurnT = self.response
        return turn

    def close(self) -> None:
        """End the turn that is being read; tools that run go on to nobody."""
        self._over = True
        close = getattr(self.response, "close", None)
        if close is not None:
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


class AsyncRun(_Run[TurnT]):
    """As `Run`, to be iterated with ``async for``.

    When its reader is cancelled, the tools that run are cancelled too, but for those in threads.
    """

    def _made(self, execute: Callable[[Any], Any], turn: Any, limited: bool) -> Any:
        async def watched(call: Any) -> Any:
            with turn._watched():
                return await execute(call)

        return Tasks(watched, turn.toolkit, limited=limited)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> TurnT:
        """Return the next turn; see `Run.__next__`."""
        turn: TurnT | None = None if self._over else await self._advance()
        if turn is None:
            raise StopAsyncIteration
        return turn

    async def _advance(self) -> Any:
        brought: Any = None
        try:
            while (step := self._next(brought)) is not None:
                match step:
                    case Show():
                        return step.turn
                    case Read():
                        brought = await step.turn.finish()
                    case Wait():
                        brought = await self._workers.wait(step)
                    case Ask():
                        brought = await self._asked(step)
        except BaseException:
            if self._workers is not None:
                await self._workers.cancel(self.response.call_record)
            self._interrupted()
            raise
        return None

    async def finish(self) -> TurnT:
        """Go on to the end, and return the last answer."""
        async for _ in self:
            pass
        turn: TurnT = self.response
        return turn

    async def aclose(self) -> None:
        """End the turn that is being read, and cancel the tools that run."""
        self._over = True
        if self._workers is not None:
            await self._workers.cancel(self.response.call_record)
        aclose = getattr(self.response, "aclose", None)
        if aclose is not None:
            await aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.aclose()


def run_to_end(first: ResponseT, options: Mapping[str, Any], *ctx: Any) -> ResponseT:
    """Run from an answer, or from where a run that began at it was interrupted, to the end."""
    run: Run[ResponseT] = _begun(Run, first, options, ctx)
    with watched(_work(first)) as tell:
        try:
            last = run.finish()
        except BaseException:
            _remember(first, run)
            raise
        tell(last)
        return last


async def run_to_end_async(first: ResponseT, options: Mapping[str, Any], *ctx: Any) -> ResponseT:
    """Run asynchronously; see `run_to_end`."""
    run: AsyncRun[ResponseT] = _begun(AsyncRun, first, options, ctx)
    with watched(_work(first)) as tell:
        try:
            last = await run.finish()
        except BaseException:
            _remember(first, run)
            raise
        tell(last)
        return last


def _work(first: Any) -> Work:
    """Return what watchers are told of a run; it has no name but its model's."""
    return Work("run", first.model_id, first)


def _begun(kind: type[Any], first: Any, options: Mapping[str, Any], ctx: tuple[Any, ...]) -> Any:
    run = kind(first.latest, options, ctx, streams=False)
    first.reached = None
    return run


def _remember(first: Any, run: _Run[Any]) -> None:
    first.reached = None if run.response is first else run.response
