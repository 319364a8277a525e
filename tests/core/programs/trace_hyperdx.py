"""Calls traced with HyperDX; nobody listens here, and the call does not mind."""

# needs: opentelemetry.exporter.otlp.proto.http
# alone
# model: Emma
# prints: Emma
import os

os.environ["HYPERDX_API_KEY"] = "key"
os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9"
os.environ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "0.1"

from mirascope.core import openai
from mirascope.integrations.otel import configure_hyperdx, with_hyperdx

assert callable(configure_hyperdx)


@with_hyperdx()
@openai.call("gpt-4o-mini")
def recommend() -> str:
    return "Recommend a book"


print(recommend().content)
