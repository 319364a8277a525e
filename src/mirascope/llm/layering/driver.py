"""The two drivers that run a layer: what it yields is done, and what comes of it sent in.

The theory. A layer is a generator of steps, and the driver is always at one of them:

    START            the layer has not run yet
    an `Answer`      its events are passed on as they come; then the layer goes on
    any other step   is done, and then the layer goes on with what came of it
    DONE             nothing more comes

A source of events is pulled, so a driver goes from step to step only until it has events to hand
out, and stays where it is until the next pull. That is also what makes a cancelled reader harmless:
the layer is never told. The step that was under way is the step to be done when somebody pulls
again, and the sources below keep what they had read.

A driver must not be part of a cycle, for the connection below is closed when the response is
dropped. So the generator knows the `_Opener`, the driver knows both, and neither knows the driver.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from types import GeneratorType
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from mirascope.llm.exceptions import StreamCancelledError, StreamTruncatedError
from mirascope.llm.layering.answer import Answer, Pull, Race, Sleep, Step
from mirascope.llm.layering.layer import Layer
from mirascope.llm.layering.request import Request
from mirascope.llm.layering.signal import Signal
from mirascope.llm.responses.chunks import Event
from mirascope.llm.responses.source import AsyncChunkSource, ChunkSource, Sent, is_leaving

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

__all__ = ["AsyncLayerSource", "LayerSource", "OpenSource"]

OpenSource: TypeAlias = Callable[[Request], tuple[Any, tuple[Event, ...]]]
"""Returns a source of the driver's colour, and events that come before its own."""


class _Mark:
    """A place of a driver that is no step."""


_START: Final = _Mark()
_GO_ON: Final = _Mark()
_DONE: Final = _Mark()


class _Opener:
    """What a layer calls to open the next one."""

    def __init__(self, request: Request, open_source: OpenSource) -> None:
        self.request = request
        self.answers: list[Answer] = []
        self.raw_events: list[object] = []
        self.closed = False
        self._open_source = open_source

    def __call__(self, request: Request) -> Answer:
        if self.closed:
            raise self.cancelled()
        source, first = self._open_source(request)
        source.keep_raw_in(self.raw_events)
        answer = Answer(request, source, first)
        self.answers.append(answer)
        return answer

    def cancelled(self) -> StreamCancelledError:
        return StreamCancelledError(
            f"The stream of {self.request.model_id} was closed before its end.",
            self.request.provider_id,
            model=self.request.model_id,
        )


class _Machine(ABC):
    """What the drivers of both colours share: everything but waiting."""

    def __init__(self, layer: Layer, request: Request, open_source: OpenSource) -> None:
        self._layer = layer
        self._opener = _Opener(request, open_source)
        self.raw_events: list[object] = self._opener.raw_events
        self._flow: GeneratorType[Step, Any, Any] | None = None
        self._step: Step | _Mark = _START
        self._gave = False
        self._asleep_until: float | None = None

    def keep_raw_in(self, events: list[object]) -> None:
        """Keep the raw events of all answers there; see `ChunkSource`."""
        self.raw_events = self._opener.raw_events = events

    def decode_raw(self, event: object) -> object:
        """Return a kept raw event in the form that users see."""
        answers = self._opener.answers
        return answers[-1].source.decode_raw(event) if answers else event

    def raw_body(self) -> object:
        """Return the body of the answer that was opened last, decoded; None without one."""
        answers = self._opener.answers
        return answers[-1].source.raw_body() if answers else None

    def sent(self) -> Sent | None:
        """Return where the request went whose answer was opened last."""
        answers = self._opener.answers
        return answers[-1].sent() if answers else None

    def close(self) -> None:
        """Close every answer and stop the layer where it is; from any thread, more than once."""
        opener = self._opener
        opener.closed = True
        self._wake()
        for answer in opener.answers:
            answer.close()
        flow = self._flow
        if flow is not None and not flow.gi_running:
            self._flow, self._step = None, _DONE
            try:
                flow.close()
            except ValueError:  # it runs after all, in another thread, which sees to the rest
                self._flow = flow

    def __del__(self) -> None:
        if not self._opener.closed:
            self.close()

    @abstractmethod
    def _wake(self) -> None:
        """End a wait of `sleep` or `wait`; from any thread."""

    # --- from step to step

    def _go_on(self, result: Any = None, error: BaseException | None = None) -> Step | _Mark:
        """Run the layer up to its next step, and return that."""
        flow = self._flow
        if flow is None:
            if error is not None:
                raise error
            self._step = self._start() if self._step is _START else self._finish()
            return self._step
        try:
            self._step = flow.send(result) if error is None else flow.throw(error)
        except StopIteration as stop:
            self._flow = None
            self._step = self._finish() if stop.value is None else self._checked(stop.value)
        return self._step

    def _start(self) -> Step | _Mark:
        made: object = self._layer(self._opener.request, self._opener)
        if not isinstance(made, GeneratorType):
            self._step = _GO_ON
            return self._checked(made)
        self._flow = made
        return self._go_on()

    def _checked(self, answer: object) -> Answer:
        if isinstance(answer, Answer):
            return answer
        raise TypeError(
            f"The layer {_name(self._layer)} returned {type(answer).__name__}: let it return "
            "open(request), or write it as a generator (not an async one) that yields steps."
        )

    def _finish(self) -> _Mark:
        """Check, at the end of the layer, that the end of the layer is the end of the answer."""
        open_answers = [a for a in self._opener.answers if not (a.ended or a.closed)]
        if open_answers or not (self._gave or self._opener.answers):
            request = self._opener.request
            what = "returned before the answer had ended" if open_answers else "gave no answer"
            raise StreamTruncatedError(
                f"{request.model_id}: the layer {_name(self._layer)} {what}.",
                request.provider_id,
                model=request.model_id,
            )
        return _DONE

    def _emitted(self, step: Any) -> Sequence[Event]:
        """Return the events that the layer yields itself; the next pull goes on behind them."""
        if type(step) is not list and (not isinstance(step, Sequence) or isinstance(step, str)):
            raise TypeError(
                f"The layer {_name(self._layer)} yielded {type(step).__name__}: yield an answer, a "
                "list of events, answer.pull(), sleep(), wait() or race()."
            )
        self._step = _GO_ON
        events = cast("Sequence[Event]", step)
        self._gave = self._gave or bool(events)
        return events

    def _left(self, step: Sleep) -> float | None:
        """Return how long is left to rest, also when somebody rested a part of it before."""
        if step.seconds is None:
            return None
        if self._asleep_until is None:
            self._asleep_until = time.monotonic() + step.seconds
        return max(self._asleep_until - time.monotonic(), 0)


class LayerSource(_Machine, ChunkSource):
    """Runs a layer for synchronous readers; see `responses.source.ChunkSource`."""

    def __init__(self, layer: Layer, request: Request, open_source: OpenSource) -> None:
        super().__init__(layer, request, open_source)
        # What wakes may be a destructor, in the middle of anything: a queue of this kind lets it.
        self._woken: SimpleQueue[None] = SimpleQueue()

    def pull(self) -> Sequence[Event] | None:
        """Return the next events; None at the end of the layer."""
        step = self._step
        if step is _START or step is _GO_ON:
            step = self._go_on()
        while True:
            result: Any = None
            answer = step if type(step) is Answer else step.answer if type(step) is Pull else None
            try:
                if answer is not None:
                    if answer.waiting is None:
                        result = answer.source.pull()
                    else:
                        result = self._waiting(answer)
                    if result:
                        if answer is step:
                            return cast("Sequence[Event]", result)
                    elif result is None:
                        answer.ended = True
                        answer.source.close()
                    else:
                        continue
                elif type(step) is Sleep:
                    result = self._rest(step)
                elif type(step) is Race:
                    result = self._race(step)
                elif step is _DONE:
                    return None
                elif batch := self._emitted(step):
                    return batch
                if self._opener.closed:
                    raise self._opener.cancelled()
            except BaseException as error:
                if answer is not None:
                    answer.close()
                step = self._go_on(error=error)
            else:
                step = self._go_on(result)

    def _waiting(self, answer: Answer) -> Sequence[Event] | None:
        """Return what was held for the answer: by a race, or by who opened it."""
        waiting: Any = answer.waiting
        answer.waiting = None
        batch: Sequence[Event] | None
        batch = waiting.result() if hasattr(waiting, "result") else waiting
        return batch

    def _race(self, step: Race) -> Answer | None:
        from concurrent.futures import FIRST_COMPLETED, Future, wait  # only for who races

        for answer in step.answers:
            if type(answer.waiting) is tuple:
                return answer
            if answer.waiting is None:
                answer.waiting = Future()
                threading.Thread(target=_fulfil, args=(answer.source, answer.waiting)).start()
        waiting = {answer.waiting: answer for answer in step.answers}
        done, _ = wait(waiting, step.seconds, FIRST_COMPLETED)
        return next((answer for future, answer in waiting.items() if future in done), None)

    def _rest(self, step: Sleep) -> bool | None:
        signal, wake = step.signal, partial(self._woken.put, None)
        if signal is not None:
            signal.watch(wake)
        try:
            while not (self._opener.closed or (signal is not None and signal.is_set)):
                if (left := self._left(step)) == 0:
                    break
                with suppress(Empty):
                    self._woken.get(timeout=left)
        finally:
            self._asleep_until = None
            if signal is not None:
                signal.forget(wake)
        return None if signal is None else signal.is_set

    def _wake(self) -> None:
        self._woken.put(None)


def _fulfil(source: Any, pending: Future[Any]) -> None:
    pending.set_running_or_notify_cancel()  # so that it cannot be cancelled any more
    try:
        pending.set_result(source.pull())
    except BaseException as error:
        pending.set_exception(error)


class AsyncLayerSource(_Machine, AsyncChunkSource):
    """Runs a layer for asynchronous readers; see `responses.source.AsyncChunkSource`."""

    def __init__(self, layer: Layer, request: Request, open_source: OpenSource) -> None:
        super().__init__(layer, request, open_source)
        self._waiter: asyncio.Future[None] | None = None

    async def pull_async(self) -> Sequence[Event] | None:
        """Return the next events; None at the end of the layer.

        May be cancelled: the next pull goes on where this one was.
        """
        step = self._step
        if step is _START or step is _GO_ON:
            step = self._go_on()
        while True:
            result: Any = None
            answer = step if type(step) is Answer else step.answer if type(step) is Pull else None
            try:
                if answer is not None:
                    if answer.waiting is None:
                        result = await answer.source.pull_async()
                    else:
                        result = await self._waiting(answer)
                    if result:
                        if answer is step:
                            return cast("Sequence[Event]", result)
                    elif result is None:
                        answer.ended = True
                        await answer.source.aclose()
                    else:
                        continue
                elif type(step) is Sleep:
                    await self._rest(self._left(step), step.signal)
                    self._asleep_until = None
                    result = None if step.signal is None else step.signal.is_set
                elif type(step) is Race:
                    result = await self._race(step)
                elif step is _DONE:
                    return None
                elif batch := self._emitted(step):
                    return batch
                if self._opener.closed:
                    raise self._opener.cancelled()
            except BaseException as error:
                if is_leaving(error):
                    raise
                if answer is not None:
                    answer.close()
                step = self._go_on(error=error)
            else:
                step = self._go_on(result)

    async def _waiting(self, answer: Answer) -> Sequence[Event] | None:
        """Return what was held for the answer: by a race, or by who opened it."""
        waiting: Any = answer.waiting
        batch: Sequence[Event] | None
        batch = await self._raced(waiting) if hasattr(waiting, "result") else waiting
        answer.waiting = None
        return batch

    async def _raced(self, pending: asyncio.Future[Any]) -> Sequence[Event] | None:
        import asyncio

        await asyncio.wait([pending])  # which leaves it alone when the reader is cancelled
        if pending.cancelled():
            raise self._opener.cancelled()  # it was closed
        found: Sequence[Event] | None = pending.result()
        return found

    async def _race(self, step: Race) -> Answer | None:
        import asyncio

        for answer in step.answers:
            if type(answer.waiting) is tuple:
                return answer
            if answer.waiting is None:
                answer.waiting = asyncio.ensure_future(answer.source.pull_async())
                answer.waiting.add_done_callback(_look_at_error)
        waiting = {answer.waiting: answer for answer in step.answers}
        done, _ = await asyncio.wait(
            waiting, timeout=step.seconds, return_when=asyncio.FIRST_COMPLETED
        )
        return next((answer for task, answer in waiting.items() if task in done), None)

    async def _rest(self, seconds: float | None, signal: Signal | None) -> None:
        import asyncio

        loop = asyncio.get_running_loop()
        self._waiter = waiter = loop.create_future()
        timer = None if seconds is None else loop.call_later(seconds, _set, waiter)
        wake = partial(_set_soon, waiter)
        if signal is not None:
            signal.watch(wake)
        try:
            await waiter
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()
            if signal is not None:
                signal.forget(wake)

    def _wake(self) -> None:
        if (waiter := self._waiter) is not None:
            _set_soon(waiter)

    async def aclose(self) -> None:
        """Close everything; see `close`."""
        self.close()
        for answer in self._opener.answers:
            await answer.source.aclose()


def _set(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


def _set_soon(waiter: asyncio.Future[None]) -> None:
    with suppress(RuntimeError):  # its loop is closed, and nobody waits any more
        waiter.get_loop().call_soon_threadsafe(_set, waiter)


def _look_at_error(task: asyncio.Future[Any]) -> None:
    """Keep asyncio from reporting that nobody did: the loser of a race may fail as it likes."""
    if not task.cancelled():
        task.exception()


def _name(layer: Layer) -> str:
    return str(getattr(layer, "__name__", None) or type(layer).__name__)
