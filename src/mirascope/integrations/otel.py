"""Traces of calls with OpenTelemetry, and with HyperDX, which takes them."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from mirascope._install import needs
from mirascope._version import __version__

from .report import attributes, tracing

with needs("otlp", "`mirascope.integrations.otel` needs OpenTelemetry's libraries"):
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from opentelemetry.sdk.trace.export import (
        BatchSpanProcessor,
        ConsoleSpanExporter,
        SimpleSpanProcessor,
    )

__all__ = ["configure", "configure_hyperdx", "with_hyperdx", "with_otel"]

_CallT = TypeVar("_CallT", bound=Callable[..., Any])
_HYPERDX = "https://in-otel.hyperdx.io/v1/traces"


def configure(processors: Sequence[SpanProcessor] | None = None) -> trace.Tracer:
    """Have spans processed; a tracer provider that has been set is kept and added to.

    Args:
        processors: What is done with them; without any they are printed.

    Returns:
        The tracer that the calls use.
    """
    provider: Any = trace.get_tracer_provider()
    if not hasattr(provider, "add_span_processor"):  # nobody has set one: this one does nothing
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    for processor in processors or (SimpleSpanProcessor(ConsoleSpanExporter()),):
        provider.add_span_processor(processor)
    return _tracer()


def configure_hyperdx() -> trace.Tracer:
    """Send spans to HyperDX, or where the variable `OTEL_EXPORTER_OTLP_ENDPOINT` says.

    Returns:
        The tracer that the calls use.

    Raises:
        ValueError: If `HYPERDX_API_KEY` is not set.
    """
    key = os.environ.get("HYPERDX_API_KEY")
    if not key:
        raise ValueError("HyperDX wants a key: set the variable HYPERDX_API_KEY.")
    # The exporter reads the standard variables itself where no endpoint is given.
    named = {"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} & {*os.environ}
    exporter = OTLPSpanExporter(
        endpoint=None if named else _HYPERDX, headers={"authorization": key}
    )
    return configure([BatchSpanProcessor(exporter)])


def with_otel() -> Callable[[_CallT], _CallT]:
    """Make a decorator that traces calls; it stands above the call decorator.

    Each call is a span of the function's name, with OpenTelemetry's attributes for generative AI.
    A stream's span ends with its loop.
    """
    return tracing(_span, _record)


def with_hyperdx() -> Callable[[_CallT], _CallT]:
    """Make the same decorator, and have spans sent to HyperDX.

    Raises:
        ValueError: If `HYPERDX_API_KEY` is not set.
    """
    _configure_hyperdx_once()
    return with_otel()


@functools.cache
def _configure_hyperdx_once() -> None:
    configure_hyperdx()


def _tracer() -> trace.Tracer:
    return trace.get_tracer("mirascope", __version__)


def _span(fn: Callable[..., Any]) -> AbstractContextManager[trace.Span]:
    return _tracer().start_as_current_span(fn.__name__, kind=trace.SpanKind.CLIENT)


def _record(result: Any, span: trace.Span) -> None:
    if span.is_recording():
        span.set_attributes(attributes(result))
