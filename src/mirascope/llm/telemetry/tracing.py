"""The layer that makes a span of each request, and the watcher of tools and runs.

A span begins when the answer is first read and ends with it, in whatever way. Its parent is what
was current where the question was asked; layers below find the span current in
``request.asked_in``. It is never current where the answer is read: a reader that is cancelled, or
goes on in another task, would leave it there.
"""

from __future__ import annotations

import inspect
import logging
import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self

from opentelemetry import propagate
from opentelemetry import trace as otel
from opentelemetry.context import Context, attach, get_current
from opentelemetry.metrics import MeterProvider, get_meter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, TracerProvider

from mirascope._version import __version__
from mirascope.llm.content import ToolOutput
from mirascope.llm.exceptions import ToolExecutionError
from mirascope.llm.layering import Answer, LayerFlow, Open, Request
from mirascope.llm.layering.account import Account, watch
from mirascope.llm.layering.block import BlockLayer
from mirascope.llm.telemetry import attributes, messages
from mirascope.llm.telemetry import conventions as names
from mirascope.llm.telemetry.metrics import Metrics
from mirascope.llm.telemetry.redaction import Redact, Redactor
from mirascope.llm.types.params import Params
from mirascope.llm.types.watching import Work, watch_from_now, watch_until_now

__all__ = ["Settings", "Trace"]

_traced: ContextVar[str] = ContextVar("mirascope_traced", default="")
"""The id of the question that has a span already, in the context that it is passed on with."""

_working: ContextVar[Work | None] = ContextVar("mirascope_traced_work", default=None)

_logger = logging.getLogger(__name__)

_late: deque[Callable[[], None]] = deque()
"""What could not be told to OpenTelemetry at once; see `_tell`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What `llm.telemetry.trace` was told."""

    capture_content: bool
    redact: Redact | None
    propagate: bool
    tracer_provider: TracerProvider | None
    meter_provider: MeterProvider | None


class Trace(BlockLayer):
    """Makes spans and metrics; what `llm.telemetry.trace` returns."""

    def __init__(self, settings: Settings) -> None:
        self.settings: Settings = settings
        self._tracer = otel.get_tracer(
            "mirascope", __version__, tracer_provider=settings.tracer_provider
        )
        self._metrics = Metrics(
            get_meter("mirascope", __version__, meter_provider=settings.meter_provider)
        )
        self._redact = Redactor(settings.redact)

    def __reduce__(self) -> tuple[object, ...]:
        # A response that is sent elsewhere takes its model along; providers stay where they are.
        there = replace(self.settings, tracer_provider=None, meter_provider=None)
        return Trace, (there,)

    def __enter__(self) -> Self:
        watch_from_now(self.watch)
        return super().__enter__()

    def __exit__(self, *exc_info: object) -> None:
        super().__exit__(*exc_info)
        watch_until_now(self.watch)

    # --- requests

    def __call__(self, request: Request, open: Open, /) -> LayerFlow | Answer:
        """Return the steps of one request; one that is traced already is passed on."""
        if request.asked_in is not None and request.asked_in.get(_traced) == request.id:
            return open(request)
        return self._steps(request, open)

    def _steps(self, request: Request, open: Open) -> LayerFlow:
        asked_in = copy_context() if request.asked_in is None else request.asked_in.copy()
        known = attributes.of_request(request)
        account = Account(request, with_content=self.settings.capture_content)
        span = self._tracer.start_span(
            f"{known[names.OPERATION]} {request.model_name}",
            asked_in.run(get_current),
            kind=SpanKind.CLIENT,
            attributes=known,
            start_time=account.started,
        )
        context = asked_in.run(_make_current, span, request.id)
        below = replace(request, asked_in=asked_in)
        if self.settings.propagate:
            below = replace(below, params=_with_trace_headers(request.params, context))
        try:
            yield from watch(below, open, account)
        finally:
            _tell(partial(self._end, span, account, known, context, time.time_ns()))

    def _end(
        self, span: Span, account: Account, known: dict[str, Any], context: Context, ended: int
    ) -> None:
        try:
            found = attributes.of_account(account)
            if span.is_recording():
                span.set_attributes(found)
                for name, of_event, at in attributes.events_of(account):
                    span.add_event(name, of_event, timestamp=min(at, ended))
                if account.error_type is not None:
                    span.set_status(Status(StatusCode.ERROR, self._said(account.error_text)))
                if self.settings.capture_content:
                    span.set_attributes(self._content(account))
            self._metrics.request(account, {**known, **found}, context)
        finally:
            span.end(ended)

    def _content(self, account: Account) -> dict[str, Any]:
        request, redact = account.request, self._redact
        finish = attributes.finish_reason_of(account)
        content = {
            names.SYSTEM_INSTRUCTIONS: messages.instructions(request.messages, redact),
            names.INPUT_MESSAGES: messages.asked(request.messages, redact),
            names.OUTPUT_MESSAGES: messages.answered(account.fold.content, finish, redact),
            names.TOOL_DEFINITIONS: messages.tool_definitions(request.toolkit),
        }
        return {name: value for name, value in content.items() if value is not None}

    def _said(self, text: str) -> str | None:
        """Return what may be said of an error: its words may quote what was asked."""
        return self._redact(text) if self.settings.capture_content else None

    # --- tools and runs

    def watch(self, work: Work) -> Any:
        """Return a context manager around work that is no request: a span, which is current."""
        return self._tool(work) if work.kind == "tool" else self._run(work)

    @contextmanager
    def _tool(self, work: Work) -> Generator[Callable[[Any], object]]:
        known: dict[str, Any] = {
            names.OPERATION: "execute_tool",
            names.TOOL_NAME: work.name,
            names.TOOL_TYPE: "function",
        }
        told = {
            **known,
            names.TOOL_CALL_ID: work.call.id,
            names.TOOL_DESCRIPTION: work.of.description,
        }
        if self.settings.capture_content:
            told[names.TOOL_ARGUMENTS] = messages.as_json(work.call.args, self._redact) or ""
        with self._work(work, f"execute_tool {work.name}", told, known, self._metrics.tool) as done:
            yield done

    @contextmanager
    def _run(self, work: Work) -> Generator[Callable[[Any], object]]:
        known: dict[str, Any] = {names.OPERATION: "invoke_agent", names.AGENT_NAME: work.name}
        with self._work(work, f"invoke_agent {work.name}", known, known, self._metrics.run) as done:
            yield done

    @contextmanager
    def _work(
        self,
        work: Work,
        title: str,
        told: dict[str, Any],
        of_metric: dict[str, Any],
        measure: Callable[[float, dict[str, Any], Context], None],
    ) -> Generator[Callable[[Any], object]]:
        if _working.get() is work:  # by another of these
            yield _nothing
            return
        _flush()
        span = self._tracer.start_span(title, kind=SpanKind.INTERNAL, attributes=told)
        token = _working.set(work)
        began = time.monotonic()
        failure: BaseException | None = None

        def done(outcome: Any) -> None:
            nonlocal failure
            if isinstance(outcome, ToolOutput):
                failure = outcome.error
                if self.settings.capture_content:
                    result = messages.as_json(outcome.result, self._redact)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  # of any tool
                    span.set_attribute(names.TOOL_RESULT, result or "")

        try:
            with otel.use_span(span, record_exception=False, set_status_on_exception=False):
                yield done
        except BaseException as error:
            failure = error
            raise
        finally:
            with suppress(ValueError):  # it was dropped, and is tidied up by somebody else
                _working.reset(token)
            if failure is not None:
                of_metric = {**of_metric, names.ERROR_TYPE: _error_in(failure)}
                span.set_attribute(names.ERROR_TYPE, of_metric[names.ERROR_TYPE])
                span.set_status(Status(StatusCode.ERROR, self._said(str(failure))))
            measure(time.monotonic() - began, of_metric, otel.set_span_in_context(span))
            span.end()


def _nothing(outcome: Any) -> None:
    """Do nothing."""


def _error_in(failure: BaseException) -> str:
    """Return the name of what went wrong in a tool, rather than of what it was wrapped in."""
    if isinstance(failure, ToolExecutionError):
        failure = failure.tool_exception
    return attributes.error_name(type(failure))


def _make_current(span: Span, id: str) -> Context:
    """Make a span current in the context that this is run in, and return OpenTelemetry's part."""
    context = otel.set_span_in_context(span)
    attach(context)
    _traced.set(id)
    return context


def _with_trace_headers(params: Params, context: Context) -> Params:
    headers = dict(params.get("extra_headers") or {})
    propagate.inject(headers, context)
    return {**params, "extra_headers": headers}


def _tell(end: Callable[[], None]) -> None:
    """Tell OpenTelemetry of an end: now, or when it can be told.

    A response that is dropped ends its request in a destructor. That may run in the middle of
    OpenTelemetry itself, where this thread holds locks that would never be released; then it is
    told after what is being told, or with the next span.
    """
    _late.append(end)
    frame = inspect.currentframe()
    while frame is not None:
        if str(frame.f_globals.get("__name__")).startswith("opentelemetry.sdk."):
            return
        frame = frame.f_back
    _flush()


def _flush() -> None:
    while _late:
        try:
            end = _late.popleft()
        except IndexError:  # another thread was faster
            return
        try:
            end()
        except Exception as error:  # a processor of the user's: it must not break what works
            _logger.warning("A span could not be ended: %s", type(error).__name__)
