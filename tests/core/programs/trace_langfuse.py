"""Calls traced with Langfuse; here into memory."""

# needs: langfuse
# alone
# model: Emma
# model: Dune
# prints: recommend gpt-4o-mini Emma
# prints: stream_one gpt-4o-mini Dune
import json

from langfuse import Langfuse
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from mirascope.core import openai
from mirascope.integrations import langfuse
from mirascope.integrations.langfuse import with_langfuse

exporter = InMemorySpanExporter()
client = Langfuse(
    public_key="pk", secret_key="sk", base_url="http://127.0.0.1:9", span_exporter=exporter
)
assert langfuse.with_langfuse is with_langfuse


@with_langfuse()
@openai.call("gpt-4o-mini")
def recommend() -> str:
    return "Recommend a book"


@with_langfuse()
@openai.call("gpt-4o-mini", stream=True)
def stream_one() -> str:
    return "Recommend a book"


recommend()
for _ in stream_one():
    pass
client.flush()
for span in exporter.get_finished_spans():
    output = json.loads(span.attributes["langfuse.observation.output"])
    print(span.name, span.attributes["langfuse.observation.model.name"], output["content"])
