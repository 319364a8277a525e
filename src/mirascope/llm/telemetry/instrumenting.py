"""Switching it on and off."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from mirascope._install import needs
from mirascope.llm.layering.block import put_around_everything, take_away
from mirascope.llm.telemetry.redaction import Redact
from mirascope.llm.types.watching import watch_everywhere, watch_no_more

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

    from mirascope.llm.telemetry.tracing import Trace

__all__ = ["instrument", "trace", "uninstrument"]

_switch = threading.Lock()
_on: Trace | None = None


def trace(
    *,
    capture_content: bool = False,
    redact: Redact | None = None,
    propagate: bool = False,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
) -> Trace:
    """Make a span of each request, and measure it.

    It is a layer, for ``layers=[llm.telemetry.trace()]``, and a context manager, around every
    request that is made and every tool that is run in its block. Where one stands inside of
    another, the outer one makes the span.

    Args:
        capture_content: Whether spans say what was asked and answered, tool arguments and results
            included.
        redact: Returns what may be said of each of those texts.
        propagate: Whether vendors are sent the trace's id, in the headers that OpenTelemetry is set
            to, ``traceparent`` as a rule.
        tracer_provider: Who makes spans; OpenTelemetry's global one when None.
        meter_provider: Who measures, likewise.

    Raises:
        ImportError: OpenTelemetry is not installed.
    """
    with needs("otel", "`llm.telemetry` needs the package 'opentelemetry-api'"):
        from mirascope.llm.telemetry.tracing import Settings, Trace
    return Trace(
        Settings(
            capture_content=capture_content,
            redact=redact,
            propagate=propagate,
            tracer_provider=tracer_provider,
            meter_provider=meter_provider,
        )
    )


def instrument(
    *,
    capture_content: bool = False,
    redact: Redact | None = None,
    propagate: bool = False,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
) -> None:
    """Trace everything in this process from now on: requests of all models, tools and runs.

    Once more, it takes the place of what was said before. The arguments are those of `trace`.

    Raises:
        ImportError: OpenTelemetry is not installed.
    """
    global _on
    new = trace(
        capture_content=capture_content,
        redact=redact,
        propagate=propagate,
        tracer_provider=tracer_provider,
        meter_provider=meter_provider,
    )
    with _switch:
        _switch_off()
        put_around_everything(new)
        watch_everywhere(new.watch)
        _on = new


def uninstrument() -> None:
    """Undo `instrument`; requests that are under way are traced to their end."""
    with _switch:
        _switch_off()


def _switch_off() -> None:
    global _on
    if _on is not None:
        take_away(_on)
        watch_no_more(_on.watch)
        _on = None
