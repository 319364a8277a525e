"""Calls traced by the real SDKs, into exporters in memory and one on the loopback."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

pytest.importorskip("openai")
pytest.importorskip("opentelemetry.sdk")
pytest.importorskip("logfire")
pytest.importorskip("langfuse")

import logfire
from langfuse import Langfuse, observe
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import BaseModel

from mirascope import metadata
from mirascope.core import openai
from mirascope.integrations.langfuse import with_langfuse
from mirascope.integrations.logfire import with_logfire
from mirascope.integrations.otel import configure, with_otel
from tests.core.loopback import TEXTS, Loopback, Script, ToolScript

TEXT = "".join(TEXTS)


class Book(BaseModel):
    title: str


class Traces:
    """A tracer's decorator, and what it has exported."""

    def __init__(
        self, decorator: Callable[[], Any], exporter: InMemorySpanExporter, flush: Any
    ) -> None:
        self.decorator = decorator
        self.exporter = exporter
        self.flush = flush

    def spans(self) -> list[ReadableSpan]:
        self.flush()
        return list(self.exporter.get_finished_spans())

    def one(self) -> ReadableSpan:
        (span,) = (
            s for s in self.spans() if (s.attributes or {}).get("logfire.span_type") != "log"
        )
        return span

    def asked(self, **options: Any) -> Any:
        @self.decorator()
        @openai.call("gpt-4o-mini", **options)
        @metadata({"tags": {"spring", "autumn"}})
        def tell(what: str) -> str:
            return f"Tell me of {what}"

        return tell

    def aasked(self, **options: Any) -> Any:
        @self.decorator()
        @openai.call("gpt-4o-mini", **options)
        async def tell(what: str) -> str:
            return f"Tell me of {what}"

        return tell


def make_otel() -> Traces:
    exporter = InMemorySpanExporter()
    configure([SimpleSpanProcessor(exporter)])
    return Traces(with_otel, exporter, lambda: None)


def make_logfire() -> Traces:
    exporter = InMemorySpanExporter()
    logfire.configure(
        send_to_logfire=False,
        console=False,
        metrics=False,
        additional_span_processors=[SimpleSpanProcessor(exporter)],
    )
    return Traces(with_logfire, exporter, lambda: None)


def make_langfuse() -> Traces:
    exporter = InMemorySpanExporter()
    client = Langfuse(
        public_key="pk",
        secret_key="sk",
        base_url="http://127.0.0.1:9",
        span_exporter=exporter,
        tracer_provider=TracerProvider(),
    )
    return Traces(with_langfuse, exporter, client.flush)


@pytest.fixture(scope="session")
def all_traces() -> dict[str, Traces]:
    # In this order: each of the others would set the tracer provider of the whole process.
    return {"otel": make_otel(), "langfuse": make_langfuse(), "logfire": make_logfire()}


@pytest.fixture(params=["otel", "logfire", "langfuse"])
def traces(request: pytest.FixtureRequest, all_traces: dict[str, Traces]) -> Traces:
    for each in all_traces.values():
        each.flush()
        each.exporter.clear()
    return all_traces[request.param]


def told(span: ReadableSpan) -> str:
    """Everything that a span says."""
    return json.dumps(dict(span.attributes or {}), default=list)


def check(span: ReadableSpan, *texts: str) -> None:
    assert span.name == "tell"
    said = told(span).replace('\\"', '"').replace('\\"', '"')
    for text in ("Tell me of tea", "gpt-4o-mini", *texts):
        assert text in said, said


def tokens(span: ReadableSpan) -> tuple[Any, Any]:
    found = span.attributes or {}
    if "langfuse.observation.usage_details" in found:
        usage = json.loads(str(found["langfuse.observation.usage_details"]))
        return usage["input"], usage["output"]
    return found["gen_ai.usage.input_tokens"], found["gen_ai.usage.output_tokens"]


def test_a_call(traces: Traces, loopback: Loopback) -> None:
    assert traces.asked()("tea").content == TEXT
    span = traces.one()
    check(span, TEXT, "openai", "autumn")
    assert tokens(span) == (10, 5)
    assert span.status.is_ok or span.status.is_unset


async def test_an_asynchronous_call(traces: Traces, loopback: Loopback) -> None:
    await traces.aasked()("tea")
    check(traces.one(), TEXT)


def test_a_stream(traces: Traces, loopback: Loopback) -> None:
    stream = traces.asked(stream=True)("tea")
    assert traces.spans() == []
    assert "".join(chunk.content for chunk, _ in stream) == TEXT
    check(traces.one(), TEXT)
    assert tokens(traces.one()) == (10, 5)


async def test_an_asynchronous_stream(traces: Traces, loopback: Loopback) -> None:
    stream = await traces.aasked(stream=True)("tea")
    assert "".join([chunk.content async for chunk, _ in stream]) == TEXT
    check(traces.one(), TEXT)
    assert tokens(traces.one()) == (10, 5)


def test_a_response_model(traces: Traces, loopback: Loopback) -> None:
    loopback.script = Script(texts=('{"title": "Emma"}',))
    assert traces.asked(response_model=Book, json_mode=True)("tea") == Book(title="Emma")
    check(traces.one(), '{"title": "Emma"}')
    assert tokens(traces.one()) == (10, 5)


async def test_an_answer_without_a_response(traces: Traces, loopback: Loopback) -> None:
    loopback.script = Script(texts=('{"value": 12345}',))
    assert await traces.aasked(response_model=int, json_mode=True)("tea") == 12345
    assert "12345" in told(traces.one())


def test_a_structured_stream(traces: Traces, loopback: Loopback) -> None:
    loopback.script = Script(texts=('{"title": ', '"Emma"}'))
    stream = traces.asked(response_model=Book, json_mode=True, stream=True)("tea")
    assert list(stream)[-1] == Book(title="Emma")
    check(traces.one(), '{"title": "Emma"}')


async def test_an_asynchronous_structured_stream(traces: Traces, loopback: Loopback) -> None:
    loopback.script = Script(texts=('{"title": ', '"Emma"}'))
    stream = await traces.aasked(response_model=Book, json_mode=True, stream=True)("tea")
    assert [book async for book in stream][-1] == Book(title="Emma")
    check(traces.one(), '{"title": "Emma"}')


def test_tool_calls(traces: Traces, loopback: Loopback) -> None:
    def look_up(title: str) -> str:
        """Look a book up."""
        return title

    loopback.script = Script(
        texts=(), tools=(ToolScript("call_1", "look_up", ('{"title": "Emma"}',)),)
    )
    traces.asked(tools=[look_up])("tea")
    check(traces.one(), "look_up", "Emma", "call_1")


def test_an_error(traces: Traces, loopback: Loopback) -> None:
    loopback.script = Script(status=400)
    with pytest.raises(Exception, match="no"):
        traces.asked()("tea")
    span = traces.one()
    assert not span.status.is_ok
    assert not span.status.is_unset


def test_a_stream_that_fails(traces: Traces, loopback: Loopback) -> None:
    loopback.script = Script(cut=True)
    with pytest.raises(Exception, match=r"."):
        list(traces.asked(stream=True)("tea"))
    assert not traces.one().status.is_ok
    assert not traces.one().status.is_unset


def test_a_stream_that_is_left_ends_its_span(traces: Traces, loopback: Loopback) -> None:
    loopback.script = Script(endless=True)
    for _ in traces.asked(stream=True)("tea"):
        break
    assert traces.one().end_time


def test_no_bytes_of_media_are_traced(traces: Traces, loopback: Loopback) -> None:
    @traces.decorator()
    @openai.call("gpt-4o-mini")
    def tell() -> list[Any]:
        from mirascope import ImagePart

        image = ImagePart(type="image", media_type="image/png", image=b"12345" * 99, detail=None)
        return ["Tell me of tea", image]

    tell()
    check(traces.one(), "image")
    assert len(told(traces.one())) < 4000


def test_a_call_in_an_observed_function_is_below_it(
    all_traces: dict[str, Traces], loopback: Loopback
) -> None:
    traces = all_traces["langfuse"]
    traces.spans()
    traces.exporter.clear()

    @observe()
    def pipeline() -> str:
        for _ in (stream := traces.asked(stream=True)("tea")):
            pass
        return str(stream.content)

    assert pipeline() == TEXT
    inner, outer = traces.spans()
    assert (inner.name, outer.name) == ("tell", "pipeline")
    assert inner.parent is not None
    assert inner.parent.span_id == outer.context.span_id


@pytest.fixture
def collector() -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    """A collector of traces on the loopback."""
    got: list[tuple[str, dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", got
    server.shutdown()
    server.server_close()


HYPERDX = """
from mirascope.core import openai
from mirascope.integrations.otel import with_hyperdx

@with_hyperdx()
@openai.call("gpt-4o-mini")
def tell():
    return "Tell me of tea"

@with_hyperdx()
@openai.call("gpt-4o-mini")
def again():
    return "Once more"

print(tell().content, again().content)
"""


def test_hyperdx(collector: Any, loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of its own: what it sets is set for good, and sent when the process ends."""
    url, got = collector
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
    monkeypatch.setenv("HYPERDX_API_KEY", "hyper")
    done = subprocess.run([sys.executable, "-c", HYPERDX], capture_output=True, text=True)
    assert done.stdout == f"{TEXT} {TEXT}\n", done.stderr
    # One request; two where the machine is slow, since what waits is sent every few seconds.
    assert {path for path, _, _ in got} == {"/v1/traces"}
    assert {headers["authorization"] for _, headers, _ in got} == {"hyper"}
    assert sum(body.count(b"gen_ai.response.model") for _, _, body in got) == 2


def test_hyperdx_without_a_key_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    from mirascope.integrations.otel import with_hyperdx

    with pytest.raises(ValueError, match="HYPERDX_API_KEY"):
        with_hyperdx()


def test_without_processors_spans_are_printed(loopback: Loopback) -> None:
    code = (
        "from mirascope.core import openai\n"
        "from mirascope.integrations.otel import configure, with_otel\n"
        "configure()\n"
        "@with_otel()\n"
        "@openai.call('gpt-4o-mini')\n"
        "def tell(): return 'Tell me of tea'\n"
        "tell()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert '"gen_ai.provider.name": "openai"' in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("module", "sdk", "extra"),
    [
        ("langfuse", "langfuse", "langfuse"),
        ("logfire", "logfire", "logfire"),
        ("otel", "opentelemetry", "otlp"),
        ("tenacity", "tenacity", "tenacity"),
    ],
)
def test_without_the_sdk_the_extra_is_named(module: str, sdk: str, extra: str) -> None:
    code = (
        f"import sys; sys.modules[{sdk!r}] = None\n"
        "from mirascope import integrations\n"
        "try:\n"
        f"    integrations.{module}\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert f"pip install '.[{extra}]'" in done.stdout, done.stderr
