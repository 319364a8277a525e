"""On and off: what it imports, what it leaves, and what can go wrong in who is told."""

from __future__ import annotations

import gc
import logging
import pickle
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from mirascope import llm
from mirascope.llm.layering import block_layers
from mirascope.llm.testing import simulate
from tests.llm.conftest import Colour
from tests.llm.telemetry.spans import Exported

MODEL = "openai/gpt-5-mini"


def test_on_and_off(exported: Exported, colour: Colour) -> None:
    other = Exported()
    with simulate():
        colour.read(llm.Model(MODEL), "before")
        llm.telemetry.instrument(tracer_provider=other.tracers, meter_provider=other.meters)
        llm.telemetry.instrument(tracer_provider=exported.tracers, meter_provider=exported.meters)
        half = colour.stream(llm.Model(MODEL), "now")
        colour.next(half.text_stream())
        llm.telemetry.uninstrument()
        llm.telemetry.uninstrument()
        colour.read(llm.Model(MODEL), "after")
        assert not exported.spans
        colour.finish(half)
    assert [span.name for span in exported.spans] == ["chat gpt-5-mini"]
    assert not other.spans
    assert block_layers() == ()
    other.close()


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


USE = """
from mirascope import llm
with llm.testing.simulate():
    response = llm.Model("openai/gpt-5-mini").stream("hi")
    response.finish()
    response.execute_tools()
import sys
print([name for name in sys.modules if "opentelemetry" in name or "telemetry" in name])
"""


def test_when_it_is_off_nothing_is_imported() -> None:
    assert run(USE) == "[]"


def test_naming_it_imports_nothing_of_opentelemetry() -> None:
    code = "from mirascope import llm; llm.telemetry; import sys"
    assert run(f"{code}; print('opentelemetry' in sys.modules)") == "False"


def test_it_needs_no_sdk() -> None:
    """With the API alone, spans go nowhere."""
    code = f"import sys; sys.modules['opentelemetry.sdk'] = None\n{USE}"
    code = code.replace("with llm", "llm.telemetry.instrument()\nwith llm")
    assert "opentelemetry.sdk" not in run(code).replace("'opentelemetry.sdk'", "")


def test_who_has_not_got_it_is_told() -> None:
    code = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from mirascope import llm\n"
        "try: llm.telemetry.trace()\n"
        "except ImportError as error: print(error)"
    )
    assert "pip install '.[otel]'" in run(code)


def test_a_response_that_is_sent_elsewhere_takes_the_layer_along(exported: Exported) -> None:
    layer = exported.trace(capture_content=True)
    with simulate():
        response = llm.Model(MODEL, layers=[layer]).call("hi")
    again: Any = pickle.loads(pickle.dumps(response))
    assert again.text() == response.text()
    assert again.model.layers[0].settings.capture_content


class Broken(SpanExporter):
    """Fails, as a server that is down lets it."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        raise OSError("down")


@pytest.mark.filterwarnings("ignore")
def test_an_exporter_that_fails_breaks_no_answer(colour: Colour) -> None:
    exported = Exported(Broken())
    with simulate(["490 m"]):
        model = llm.Model(MODEL, layers=[exported.trace()])
        assert colour.read(model, "hi").text() == "490 m"


def test_what_cannot_be_ended_breaks_no_answer(
    exported: Exported, colour: Colour, caplog: pytest.LogCaptureFixture
) -> None:
    class Failing:
        def on_start(self, span: object, parent_context: object = None) -> None: ...
        def on_end(self, span: object) -> None:
            raise OSError("secret")

        def _on_ending(self, span: object) -> None: ...
        def shutdown(self) -> None: ...
        def force_flush(self, timeout_millis: int = 0) -> bool:
            return True

    exported.tracers.add_span_processor(Failing())  # type: ignore[arg-type]  # one of somebody's
    with simulate(["490 m"]), caplog.at_level(logging.WARNING):
        model = llm.Model(MODEL, layers=[exported.trace()])
        assert colour.read(model, "hi").text() == "490 m"
    assert "secret" not in caplog.text


class Collecting(SpanExporter):
    """Collects garbage while it holds a lock, as any exporter may happen to."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.names: list[str] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        assert self.lock.acquire(blocking=False), "entered again by the thread that is in it"
        try:
            self.names += [span.name for span in spans]
            gc.collect()
        finally:
            self.lock.release()
        return SpanExportResult.SUCCESS


def test_a_response_dropped_within_an_exporter_ends_after_it(colour: Colour) -> None:
    exporter = Collecting()
    exported = Exported(exporter)
    model = llm.Model(MODEL, layers=[exported.trace()])
    gc.collect()
    gc.disable()
    try:
        with simulate(["one two three"] * 2):
            response = colour.stream(model, "hi")
            colour.next(response.text_stream())
            response.itself = response
            del response
            colour.read(model, "hi")  # its end finds the garbage
    finally:
        gc.enable()
    assert exporter.names == ["chat gpt-5-mini"] * 2
    exported.close()
