"""Calls traced with Logfire; here into memory, in asynchronous code."""

# needs: logfire
# alone
# model: Emma
# prints: recommend openai 5
import asyncio

import logfire
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from mirascope.core import openai
from mirascope.integrations import logfire as traced
from mirascope.integrations.logfire import with_logfire

exporter = InMemorySpanExporter()
logfire.configure(
    send_to_logfire=False,
    console=False,
    metrics=False,
    additional_span_processors=[SimpleSpanProcessor(exporter)],
)
assert traced.with_logfire is with_logfire


@with_logfire()
@openai.call("gpt-4o-mini")
async def recommend() -> str:
    return "Recommend a book"


asyncio.run(recommend())
(span,) = exporter.get_finished_spans()
print(
    span.name,
    span.attributes["gen_ai.provider.name"],
    span.attributes["gen_ai.usage.output_tokens"],
)
