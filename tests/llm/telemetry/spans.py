"""What the SDK has exported, in a form that can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Tracer

from mirascope.llm.telemetry import trace
from mirascope.llm.telemetry.tracing import Trace

__all__ = ["Exported"]

_VARYING = {
    "gen_ai.response.time_to_first_chunk": "seconds",
    "mirascope.response.time_per_output_token": "seconds",
    "mirascope.attempt.duration": "seconds",
    "mirascope.request.id": "id",
}


class Exported:
    """A tracer and a meter of its own, and what they have exported."""

    def __init__(self, exporter: SpanExporter | None = None) -> None:
        self.memory = InMemorySpanExporter()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(exporter or self.memory))
        self.reader = InMemoryMetricReader()
        self.meters = MeterProvider([self.reader])

    def trace(self, **settings: Any) -> Trace:
        """Return the layer that exports here."""
        return trace(tracer_provider=self.tracers, meter_provider=self.meters, **settings)

    def close(self) -> None:
        self.tracers.shutdown()
        self.meters.shutdown()

    @property
    def tracer(self) -> Tracer:
        return self.tracers.get_tracer("the user's")

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        return self.memory.get_finished_spans()

    def named(self, name: str) -> ReadableSpan:
        [span] = [span for span in self.spans if span.name == name]
        return span

    def attributes(self, index: int = -1) -> dict[str, Any]:
        return dict(self.spans[index].attributes or {})

    def plain(self, *, port: int | None = None) -> list[dict[str, Any]]:
        """Return all spans as plain data, without what differs from run to run.

        Args:
            port: Of a server that was given it by chance.
        """
        names = {span.context.span_id: span.name for span in self.spans if span.context}
        return [_plain(span, names, port) for span in self.spans]

    def points(self) -> dict[str, list[tuple[dict[str, Any], int, float]]]:
        """Return attributes, count and sum of each point of each metric."""
        data = self.reader.get_metrics_data()
        points: dict[str, list[tuple[dict[str, Any], int, float]]] = {}
        for resource in data.resource_metrics if data else ():
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    points[metric.name] = [
                        (dict(point.attributes or {}), point.count, point.sum)  # type: ignore[union-attr]  # all are histograms
                        for point in metric.data.data_points
                    ]
        return points


def _plain(span: ReadableSpan, names: dict[int, str], port: int | None) -> dict[str, Any]:
    assert span.start_time is not None
    assert span.end_time is not None
    assert span.start_time <= span.end_time
    for event in span.events:
        assert span.start_time <= event.timestamp <= span.end_time
    plain: dict[str, Any] = {
        "name": span.name,
        "kind": span.kind.name,
        "status": span.status.status_code.name,
        "attributes": _values(span.attributes, port),
    }
    if span.status.description is not None:
        plain["said"] = span.status.description
    if span.parent is not None:
        plain["parent"] = names.get(span.parent.span_id, "?")
    if span.events:
        plain["events"] = [
            {"name": event.name, "attributes": _values(event.attributes, port)}
            for event in span.events
        ]
    return plain


def _values(attributes: Any, port: int | None) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in sorted((attributes or {}).items()):
        kind = _VARYING.get(name)
        if kind == "seconds":
            assert value >= 0
        if name == "server.port" and value == port:
            kind = "port"
        listed = list(value) if isinstance(value, tuple) else value
        values[name] = listed if kind is None else f"<{kind}>"
    return values
