"""Whose child a span is: of who asked, wherever the answer is read; and who is whose in tools."""

from __future__ import annotations

import asyncio
import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from opentelemetry import trace as otel
from opentelemetry.sdk.trace import ReadableSpan

from mirascope import llm
from mirascope.llm.testing import Status, Turn, simulate
from mirascope.llm.types.watching import Work, watched
from tests.llm.conftest import Colour
from tests.llm.telemetry.spans import Exported

MODEL = "openai/gpt-5-mini"
CHAT = "chat gpt-5-mini"


def parents(spans: list[ReadableSpan] | tuple[ReadableSpan, ...]) -> dict[str, str | None]:
    """Return the name of each span's parent, by its name."""
    names = {span.context.span_id: span.name for span in spans if span.context}
    return {span.name: names[span.parent.span_id] if span.parent else None for span in spans}


def test_a_request_is_a_child_of_who_asked(exported: Exported, colour: Colour) -> None:
    model = llm.Model(MODEL, layers=[exported.trace()])
    with simulate():
        with exported.tracer.start_as_current_span("handler"):
            response = colour.stream(model, "hi")
        with exported.tracer.start_as_current_span("elsewhere"):
            colour.finish(response)
    assert parents([*exported.spans]) == {CHAT: "handler", "handler": None, "elsewhere": None}


def test_a_request_is_a_child_of_who_asked_in_another_thread(exported: Exported) -> None:
    model = llm.Model(MODEL, layers=[exported.trace()])
    with simulate(), exported.tracer.start_as_current_span("handler"):
        response = model.stream("hi")
        reader = threading.Thread(target=response.finish)
        reader.start()
        reader.join()
    assert parents([*exported.spans]) == {CHAT: "handler", "handler": None}


def test_the_span_is_never_current_where_the_answer_is_read(
    exported: Exported, colour: Colour
) -> None:
    with simulate(["one two three"]):
        response = colour.stream(llm.Model(MODEL, layers=[exported.trace()]), "hi")
        texts = response.text_stream()
        for _ in range(3):
            colour.next(texts)
            assert not otel.get_current_span().get_span_context().is_valid
        colour.close_response(response)


def test_many_tasks_each_have_their_own(exported: Exported) -> None:
    model = llm.Model(MODEL, layers=[exported.trace()])

    async def handle(number: int) -> None:
        with exported.tracer.start_as_current_span(f"handler {number}"):
            response = await model.stream_async(f"question {number}")
            async for _ in response.text_stream():
                await asyncio.sleep(0)

    async def serve() -> None:
        await asyncio.gather(*map(handle, range(20)))

    with simulate():
        asyncio.run(serve())
    handlers = {s.context.span_id: s for s in exported.spans if s.context and s.name != CHAT}
    chats = [span for span in exported.spans if span.name == CHAT]
    assert len(chats) == len(handlers) == 20
    assert {span.parent.span_id for span in chats if span.parent} == handlers.keys()
    for span in chats:
        assert span.parent
        assert span.context
        assert span.context.trace_id == span.parent.trace_id


def tools_of(exported: Exported, colour: Colour) -> llm.Toolkit | llm.AsyncToolkit:
    def look(place: str) -> str:
        with exported.tracer.start_as_current_span(f"look at {place}"):
            return place

    async def measure(place: str) -> str:
        await asyncio.sleep(0)
        with exported.tracer.start_as_current_span(f"measure {place}"):
            return place

    in_thread = llm.tool(look)
    if not colour.asynchronous:
        return llm.Toolkit([in_thread])
    return llm.AsyncToolkit([in_thread, llm.tool(measure)])


@pytest.mark.parametrize("how", ["instrument", "block", "layer"])
def test_a_span_of_a_tool_is_the_parent_of_what_happens_in_it(
    exported: Exported, colour: Colour, how: str
) -> None:
    toolkit = tools_of(exported, colour)
    calls = [(name, {"place": name}) for name in toolkit.tools_dict]
    layers: list[llm.Layer] = [exported.trace()] if how == "layer" else []
    model = llm.Model(MODEL, layers=layers)
    block = exported.trace() if how == "block" else exported.tracer.start_as_current_span("block")
    if how == "instrument":
        llm.telemetry.instrument(tracer_provider=exported.tracers, meter_provider=exported.meters)
    with (
        simulate([Turn(tool_calls=calls), "done"]),
        block,
        exported.tracer.start_as_current_span("agent"),
    ):
        response = colour.call(model, "hi", tools=toolkit)
        outputs = colour.run(response.execute_tools())
        colour.run(response.resume(outputs))
    found = parents([*exported.spans])
    assert found.pop("agent") in (None, "block")
    found.pop("block", None)
    expected = {
        CHAT: "agent",
        "execute_tool look": "agent",
        "look at look": "execute_tool look",
        "execute_tool measure": "agent",
        "measure measure": "execute_tool measure",
    }
    if not colour.asynchronous:
        expected = {name: parent for name, parent in expected.items() if "measure" not in name}
    assert found == expected


def test_a_tool_that_asks_a_model_is_the_parent_of_that_request(exported: Exported) -> None:
    @llm.tool
    def ask(question: str) -> str:
        """Ask another model."""
        return llm.Model("anthropic/claude-haiku-4-5").call(question).text()

    script = [Turn(tool_calls=[("ask", {"question": "how high?"})]), "490 m"]
    with simulate(script), exported.trace():
        llm.Model(MODEL).call("hi", tools=[ask]).execute_tools()
    assert parents([*exported.spans]) == {
        CHAT: None,
        "execute_tool ask": None,
        "chat claude-haiku-4-5": "execute_tool ask",
    }


def test_a_tool_that_fails_says_so(exported: Exported, colour: Colour) -> None:
    def fail() -> str:
        raise LookupError("of the secret")

    toolkit = [llm.tool(fail)]
    with simulate([Turn(tool_calls=[("fail", {})])]), exported.trace():
        response = colour.call(llm.Model(MODEL), "hi", tools=toolkit)
        colour.run(response.execute_tools())
    span = exported.named("execute_tool fail")
    assert span.status.status_code.name == "ERROR"
    assert span.status.description is None
    assert dict(span.attributes or {}) == {
        "error.type": "LookupError",
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.call.id": response.tool_calls[0].id,
        "gen_ai.tool.description": "fail",
        "gen_ai.tool.name": "fail",
        "gen_ai.tool.type": "function",
    }
    [(attributes, count, _)] = exported.points()["gen_ai.execute_tool.duration"]
    assert count == 1
    assert attributes["error.type"] == "LookupError"


def test_a_tool_that_is_cancelled_has_a_span(exported: Exported) -> None:
    started = asyncio.Event()

    @llm.tool
    async def wait() -> str:
        """Wait."""
        started.set()
        await asyncio.Event().wait()
        return ""

    async def run() -> None:
        with exported.trace():
            response = await llm.Model(MODEL).call_async("hi", tools=[wait])
            running = asyncio.create_task(response.execute_tools())  # type: ignore[arg-type]  # a coroutine
            await started.wait()
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running

    with simulate([Turn(tool_calls=[("wait", {})])]):
        asyncio.run(run())
    attributes = exported.named("execute_tool wait").attributes or {}
    assert attributes["error.type"] == "asyncio.exceptions.CancelledError"


def test_one_inside_of_another_makes_no_second_span(exported: Exported, colour: Colour) -> None:
    @llm.tool
    def look() -> str:
        """Look."""
        return "the sea"

    kit = llm.AsyncToolkit([look]) if colour.asynchronous else llm.Toolkit([look])
    llm.telemetry.instrument(tracer_provider=exported.tracers, meter_provider=exported.meters)
    llm.register_provider("openai", layers=[exported.trace()])
    again = llm.retry(initial_delay=0)
    model = llm.Model(MODEL, layers=[exported.trace(), again, exported.trace()])
    script = [Turn(fault=Status(500)), Turn(tool_calls=[("look", {})])]
    with simulate(script), exported.trace():
        colour.run(colour.read(model, "hi", tools=kit).execute_tools())
    assert [span.name for span in exported.spans] == [CHAT, "execute_tool look"]
    assert len(exported.spans[0].events) == 2


def test_below_a_retry_each_attempt_has_one(exported: Exported, colour: Colour) -> None:
    model = llm.Model(MODEL, layers=[llm.retry(initial_delay=0), exported.trace()])
    with simulate([Turn(fault=Status(500)), "there"]):
        assert colour.read(model, "hi").text() == "there"
    [first, second] = [dict(span.attributes or {}) for span in exported.spans]
    assert first["mirascope.response.state"] == "failed"
    assert second["mirascope.response.state"] == "complete"
    assert first["mirascope.request.id"] == second["mirascope.request.id"]


def test_the_models_of_a_hedge_each_have_one(exported: Exported, colour: Colour) -> None:
    runners = [
        llm.Model(id, layers=[exported.trace()]) for id in (MODEL, "anthropic/claude-haiku-4-5")
    ]
    with simulate(), exported.tracer.start_as_current_span("asker"):
        colour.read(llm.retries.hedge(runners, after=0), "hi")
    found = parents([*exported.spans])
    assert found[CHAT] == "asker"
    assert set(found.values()) <= {"asker", None}


def test_layers_below_see_the_span(exported: Exported, colour: Colour) -> None:
    seen: list[int] = []

    def look(request: llm.Request, open: llm.Open) -> llm.Answer:
        assert request.asked_in is not None
        span = request.asked_in.run(otel.get_current_span)
        seen.append(span.get_span_context().span_id)
        return open(request)

    with simulate():
        colour.read(llm.Model(MODEL, layers=[exported.trace(), look]), "hi")
    [span] = exported.spans
    assert span.context
    assert seen == [span.context.span_id]


def test_vendors_are_told_of_the_trace_only_when_asked(exported: Exported, colour: Colour) -> None:
    own = {"x-mine": "1"}
    with simulate() as simulator:
        colour.read(llm.Model(MODEL, layers=[exported.trace()]), "hi")
        told = exported.trace(propagate=True)
        colour.read(llm.Model(MODEL, layers=[told], extra_headers=own), "hi")
    silent, telling = simulator.requests
    assert "traceparent" not in silent.headers
    [_, span] = exported.spans
    assert span.context
    trace_id, span_id = f"{span.context.trace_id:032x}", f"{span.context.span_id:016x}"
    assert telling.headers["traceparent"].startswith(f"00-{trace_id}-{span_id}-0")
    assert telling.headers["x-mine"] == "1"
    assert own == {"x-mine": "1"}


def test_threads_of_a_pool_read_their_own(exported: Exported) -> None:
    model = llm.Model(MODEL, layers=[exported.trace()])
    with simulate(), ThreadPoolExecutor(8) as pool:
        with exported.tracer.start_as_current_span("batch"):
            responses = [model.stream(f"question {number}") for number in range(30)]
        list(pool.map(lambda response: response.finish(), responses))
    chats = [span for span in exported.spans if span.name == CHAT]
    assert len(chats) == 30
    assert set(parents([*exported.spans]).values()) == {"batch", None}


def test_a_run_is_the_parent_of_all_that_it_does(exported: Exported, colour: Colour) -> None:
    @llm.tool
    def look() -> str:
        """Look."""
        return "the sea"

    kit = llm.AsyncToolkit([look]) if colour.asynchronous else llm.Toolkit([look])
    script = [Turn(tool_calls=[("look", {})]), "done"]
    run = watched(Work("run", "guide", None))
    with simulate(script), exported.trace(), run as tell:
        response = colour.read(llm.Model(MODEL), "hi", tools=kit)
        response = colour.run(response.resume(colour.run(response.execute_tools())))
        colour.finish(response)
        tell(response)
    assert parents([*exported.spans]) == {
        CHAT: "invoke_agent guide",
        "execute_tool look": "invoke_agent guide",
        "invoke_agent guide": None,
    }
    attributes = exported.named("invoke_agent guide").attributes
    expected = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "guide"}
    assert dict(attributes or {}) == expected
    [(of_metric, count, _)] = exported.points()["gen_ai.invoke_agent.duration"]
    assert (of_metric, count) == (expected, 1)


def test_a_run_that_fails_says_so(exported: Exported) -> None:
    work = watched(Work("run", "guide", None))
    with pytest.raises(LookupError), exported.trace(), work:
        raise LookupError("of the secret")
    span = exported.named("invoke_agent guide")
    assert (span.attributes or {})["error.type"] == "LookupError"
    assert (span.status.status_code.name, span.status.description) == ("ERROR", None)


def test_a_response_that_is_dropped_ends_its_span_at_once(
    exported: Exported, colour: Colour
) -> None:
    """Without the garbage collector: nothing of telemetry makes a cycle of it."""
    gc.collect()
    gc.disable()
    try:
        for settings in ({}, {"capture_content": True}):
            model = llm.Model(MODEL, layers=[exported.trace(**settings)])
            with simulate(["one two three"]):
                response = colour.stream(model, "hi")
                colour.next(response.text_stream())
                del response
        if colour.asynchronous:
            colour.run(asyncio.sleep(0))
        assert len(exported.spans) == 2
    finally:
        gc.enable()


def test_the_requests_and_tools_of_a_run_are_its_children(
    exported: Exported, colour: Colour
) -> None:
    @llm.tool
    def look() -> str:
        """Look."""
        return "seen"

    kit = llm.AsyncToolkit([look]) if colour.asynchronous else llm.Toolkit([look])
    script = [Turn(tool_calls=[("look", {})]), "done"]
    with simulate(script), exported.trace():
        response = colour.read(llm.Model(MODEL), "hi", tools=kit)
        colour.run(response.run())
    run = f"invoke_agent {MODEL}"
    assert parents([*exported.spans])["execute_tool look"] == run
    assert parents([*exported.spans])[run] is None
    assert [span.name for span in exported.spans].count(CHAT) == 2
