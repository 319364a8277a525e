"""What arrives: at a collector of OTLP on the loopback, and through the SDKs of two services."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from mirascope import llm
from mirascope.llm.testing import Status as HttpStatus
from mirascope.llm.testing import Turn, simulate
from tests.llm.conftest import Colour
from tests.loopback import Reply, Server

MODEL = "openai/gpt-5-mini"


@pytest.fixture
def collector() -> Any:
    with Server() as server:
        server.route("*", Reply(body=b"", framing="length"))
        yield server


def value_of(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    found = getattr(value, str(kind))
    return [value_of(one) for one in found.values] if kind == "array_value" else found


def attributes_of(pairs: Any) -> dict[str, Any]:
    given: list[KeyValue] = list(pairs)
    return {pair.key: value_of(pair.value) for pair in given}


def spans_at(collector: Server) -> list[tuple[str, Span]]:
    """Return the spans that have arrived, each with the name of its scope."""
    found: list[tuple[str, Span]] = []
    for request in collector.requests:
        if request.path.endswith("/v1/traces"):
            assert request.headers["content-type"] == "application/x-protobuf"
            zipped = request.headers.get("content-encoding") == "gzip"
            body = gzip.decompress(request.body) if zipped else request.body
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    found += [(scope.scope.name, span) for span in scope.spans]
    return found


def test_a_collector_gets_spans_and_metrics(collector: Server, colour: Colour) -> None:
    tracers, meters = (
        TracerProvider(),
        MeterProvider(
            [PeriodicExportingMetricReader(OTLPMetricExporter(collector.url("/v1/metrics")))]
        ),
    )
    tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(collector.url("/v1/traces"))))
    layer = llm.telemetry.trace(tracer_provider=tracers, meter_provider=meters)
    model = llm.Model(MODEL, layers=[layer, llm.retry(initial_delay=0)], max_tokens=50)
    script = [Turn(fault=HttpStatus(500)), "490 metres.", Turn(fault=HttpStatus(401))]
    with simulate(script):
        colour.read(model, "How high is Peninha?")
        with pytest.raises(llm.AuthenticationError):
            colour.read(model, "And Cruz Alta?")
    tracers.shutdown()
    meters.shutdown()
    [(scope, good), (_, bad)] = spans_at(collector)
    assert scope == "mirascope"
    assert good.name == bad.name == "chat gpt-5-mini"
    assert good.kind == Span.SPAN_KIND_CLIENT
    attributes = attributes_of(good.attributes)
    assert attributes["gen_ai.provider.name"] == "openai"
    assert attributes["gen_ai.request.max_tokens"] == 50
    assert attributes["gen_ai.response.finish_reasons"] == ["stop"]
    assert attributes["gen_ai.usage.output_tokens"] == 2
    assert [event.name for event in good.events] == ["mirascope.attempt"] * 2
    assert good.status.code == Status.STATUS_CODE_UNSET
    assert bad.status.code == Status.STATUS_CODE_ERROR
    error = attributes_of(bad.attributes)["error.type"]
    assert error == "mirascope.llm.exceptions.AuthenticationError"
    bodies = [one.body for one in collector.requests if one.path == "/v1/metrics"]
    metrics = {
        metric.name: metric
        for body in bodies
        for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics
        for of_scope in resource.scope_metrics
        for metric in of_scope.metrics
    }
    tokens = metrics["gen_ai.client.token.usage"]
    assert tokens.unit == "{token}"
    by_kind = {
        attributes_of(point.attributes)["gen_ai.token.type"]: point.sum
        for point in tokens.histogram.data_points
    }
    assert by_kind["output"] == 2
    durations = metrics["gen_ai.client.operation.duration"].histogram.data_points
    assert sum(point.count for point in durations) == 2
    assert durations[0].explicit_bounds[:3] == [0.01, 0.02, 0.04]


PROGRAM = """
import json, sys
from mirascope import llm

{before}

@llm.tool
def height(place: str) -> int:
    '''Look up a height.'''
    return 490

turns = [llm.testing.Turn(tool_calls=[("height", {{"place": "Peninha"}})]), "490 metres."]
with llm.testing.simulate(turns), {span} as outer:
    response = llm.Model("openai/gpt-5-mini").stream("How high is Peninha?", tools=[height])
    response.finish()
    response = response.resume(response.execute_tools())
    response.finish()
{after}
"""

LOGFIRE = PROGRAM.format(
    before="""
import logfire
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
memory = InMemorySpanExporter()
logfire.configure(
    send_to_logfire=False, console=False, inspect_arguments=False,
    additional_span_processors=[SimpleSpanProcessor(memory)],
)
llm.telemetry.instrument(capture_content=True)
""",
    span="logfire.span('handler')",
    after="""
spans = [s for s in memory.get_finished_spans() if s.attributes["logfire.span_type"] == "span"]
names = {s.context.span_id: s.name for s in spans}
print(json.dumps([
    [s.name, names.get(s.parent.span_id) if s.parent else None, dict(s.attributes)] for s in spans
], default=list))
""",
)

LANGFUSE = PROGRAM.format(
    before="""
from langfuse import Langfuse
client = Langfuse(public_key="pk", secret_key="sk", base_url=sys.argv[1])
llm.telemetry.instrument(capture_content=True)
""",
    span="client.start_as_current_observation(name='handler', as_type='span')",
    after="client.flush(); client.shutdown()",
)


def run(code: str, *args: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *args], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_logfire_sees_requests_and_tools() -> None:
    pytest.importorskip("logfire")
    spans = {(name, parent): of for name, parent, of in json.loads(run(LOGFIRE))}
    assert spans.keys() == {
        ("chat gpt-5-mini", "handler"),
        ("execute_tool height", "handler"),
        ("handler", None),
    }
    chat = spans["chat gpt-5-mini", "handler"]
    assert chat["gen_ai.response.model"] == "gpt-5-mini"
    assert chat["gen_ai.usage.output_tokens"] == 2
    assert "490 metres." in chat["gen_ai.output.messages"]
    assert spans["execute_tool height", "handler"]["gen_ai.tool.call.result"] == "490"


def test_langfuse_sends_requests_and_tools(collector: Server) -> None:
    pytest.importorskip("langfuse")
    run(LANGFUSE, collector.url("").rstrip("/"))
    sent = [span for _, span in spans_at(collector)]
    names = {span.span_id: span.name for span in sent}
    assert sorted((span.name, names.get(span.parent_span_id, "")) for span in sent) == [
        ("chat gpt-5-mini", "handler"),
        ("chat gpt-5-mini", "handler"),
        ("execute_tool height", "handler"),
        ("handler", ""),
    ]
    chats = [attributes_of(span.attributes) for span in sent if span.name == "chat gpt-5-mini"]
    assert [chat["gen_ai.request.model"] for chat in chats] == ["gpt-5-mini"] * 2
    assert "490 metres." in chats[1]["gen_ai.output.messages"]
