"""Calls traced with OpenTelemetry, below a span of the program's own."""

# needs: opentelemetry.sdk
# alone
# model: Emma
# prints: recommend below shop: True
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from mirascope.core import openai
from mirascope.integrations import otel
from mirascope.integrations.otel import configure, with_otel

exporter = InMemorySpanExporter()
tracer = configure([SimpleSpanProcessor(exporter)])
assert otel.with_otel is with_otel


@with_otel()
@openai.call("gpt-4o-mini")
def recommend() -> str:
    return "Recommend a book"


with tracer.start_as_current_span("shop"):
    recommend()
inner, outer = exporter.get_finished_spans()
print(f"{inner.name} below {outer.name}:", inner.parent.span_id == outer.context.span_id)
