"""Spans and metrics of what is asked, by OpenTelemetry (extra `otel`).

llm.telemetry.instrument()  # everything, from now on

Nothing of OpenTelemetry is imported before `instrument` or `trace` is called.
"""

from mirascope.llm.telemetry.instrumenting import instrument, trace, uninstrument
from mirascope.llm.telemetry.redaction import Redact

__all__ = ["Redact", "instrument", "trace", "uninstrument"]
