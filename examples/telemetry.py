"""Trace an agent's requests and tools with OpenTelemetry, and print the tree of spans."""

from __future__ import annotations

from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from mirascope import llm


@llm.tool
def height(place: str) -> int:
    """Look up a height, in metres."""
    return {"Peninha": 489, "Cruz Alta": 528}.get(place, 0)


@llm.call("openai/gpt-5-mini", tools=[height])
def guide(question: str) -> str:
    return question


def show(spans: list[ReadableSpan], parent: int | None = None, depth: int = 0) -> None:
    for span in spans:
        if (span.parent.span_id if span.parent else None) == parent and span.context:
            facts = span.attributes or {}
            tokens = facts.get("gen_ai.usage.output_tokens")
            said = "" if tokens is None else f" ({tokens} tokens)"
            print(f"{'  ' * depth}{span.name}{said}")
            show(spans, span.context.span_id, depth + 1)


def main() -> None:
    memory = InMemorySpanExporter()  # in a program of yours: an exporter that sends them
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(memory))

    llm.telemetry.instrument(tracer_provider=tracers)
    try:
        with trace.get_tracer("guide", tracer_provider=tracers).start_as_current_span("question"):
            response = guide.stream("How high is Peninha?")
            response.finish()
            while response.tool_calls:
                response = response.resume(response.execute_tools())
                response.finish()
        print(response.text())
        show(sorted(memory.get_finished_spans(), key=lambda span: span.start_time or 0))
    finally:
        llm.telemetry.uninstrument()


if __name__ == "__main__":
    main()
