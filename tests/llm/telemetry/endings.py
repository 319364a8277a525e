"""The ways in which a stream, or a whole answer, can end.

Each is a function of a colour, of a model with the layer that traces, and of the layer. It makes
the one end happen, and looks at what the response says of it.
"""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from mirascope import llm
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.testing import Cut, Stall, Status, StreamError, Turn, TurnRequest, simulate
from tests.llm.conftest import Colour
from tests.loopback import Reply, Server, refused_port

__all__ = ["ENDINGS", "Ending"]

OPENAI = "openai/gpt-5-mini"
ANTHROPIC = "anthropic/claude-haiku-4-5"
GOOGLE = "google/gemini-2.5-flash"
WORDS = "From Peninha one sees the sea and the hills."
USAGE = llm.Usage(
    input_tokens=70,
    output_tokens=12,
    cache_read_tokens=64,
    cache_write_tokens=0,
    reasoning_tokens=3,
)

Ending: TypeAlias = Callable[[Colour, llm.Layer], "int | None"]
"""Returns the port of a server of its own."""


def complete(colour: Colour, trace: llm.Layer) -> None:
    model = llm.Model(OPENAI, max_tokens=100, layers=[trace])
    with simulate([Turn(text=WORDS, usage=USAGE)]):
        response = colour.read(model, "hi")
    assert response.state == "complete"
    assert response.usage.output_tokens == 12


def whole(colour: Colour, trace: llm.Layer) -> None:
    model = llm.Model(GOOGLE, temperature=0.5, top_k=4, seed=7, layers=[trace])
    with simulate([Turn(text=WORDS, usage=USAGE)]):
        assert colour.call(model, "hi").text() == WORDS


def at_the_limit(colour: Colour, trace: llm.Layer) -> None:
    model = llm.Model(ANTHROPIC, max_tokens=5, stop_sequences=["END"], layers=[trace])
    with simulate([Turn(text=WORDS, finish_reason=FinishReason.MAX_TOKENS)]):
        response = colour.read(model, "hi")
    assert response.finish_reason == "max_tokens"


def with_a_call(colour: Colour, trace: llm.Layer) -> None:
    def add(a: int) -> int:
        """Add."""
        raise NotImplementedError

    tool: Any = llm.tool(add)
    model = llm.Model(OPENAI, layers=[trace])
    with simulate([Turn(tool_calls=[("add", {"a": 1})], report_usage=False)]):
        response = colour.read(model, "hi", tools=[tool])
    assert len(response.tool_calls) == 1


def with_an_object(colour: Colour, trace: llm.Layer) -> None:
    model = llm.Model(ANTHROPIC, layers=[trace])
    with simulate([Turn(json={"value": 490})]):
        response = colour.read(model, "hi", format=llm.format(int, mode="tool"))
    assert response.state == "complete"


def truncated(colour: Colour, trace: llm.Layer) -> None:
    with simulate([Turn(text=WORDS, fault=Cut())]):
        response = colour.stream(llm.Model(OPENAI, layers=[trace]), "hi")
        with pytest.raises(llm.StreamTruncatedError):
            colour.finish(response)
    assert response.state == "truncated"


def timed_out(colour: Colour, trace: llm.Layer) -> None:
    model = llm.Model(OPENAI, timeout=llm.Timeout(idle=5), layers=[trace])
    with simulate([Turn(text=WORDS, fault=Stall(after_bytes=2500))]):
        response = colour.stream(model, "hi")
        with pytest.raises(llm.TimeoutError):
            colour.finish(response)
    assert response.state == "timed_out"


def failed_midway(colour: Colour, trace: llm.Layer) -> None:
    with simulate([Turn(text=WORDS, fault=StreamError(after_events=6))]):
        response = colour.stream(llm.Model(ANTHROPIC, layers=[trace]), "hi")
        with pytest.raises(llm.ServerError):
            colour.finish(response)
    assert response.state == "failed"
    assert response.text()


def refused(colour: Colour, trace: llm.Layer) -> None:
    """By the vendor, before there is any content."""
    script = [Turn(fault=Status(429, message="Slow down, hi"))]
    with simulate(script), pytest.raises(llm.RateLimitError):
        colour.read(llm.Model(OPENAI, layers=[trace]), "hi")


def unreachable(colour: Colour, trace: llm.Layer) -> int:
    port = refused_port()
    llm.register_provider("openai", base_url=f"http://127.0.0.1:{port}/v1", api_key="secret")
    with pytest.raises(llm.ConnectionError):
        colour.read(llm.Model(OPENAI, layers=[trace]), "hi")
    return port


def without_a_key(colour: Colour, trace: llm.Layer) -> None:
    """An error before anything is sent."""
    response = colour.stream(llm.Model(OPENAI, layers=[trace]), "hi")
    with pytest.raises(llm.MissingAPIKeyError):
        colour.finish(response)
    assert response.state == "failed"


def cancelled(colour: Colour, trace: llm.Layer) -> int:
    """A whole answer that is waited for by a task that is cancelled; a stream, closed meanwhile."""
    with Server() as server:
        server.route("*", Reply(stall="before headers"))
        llm.register_provider("openai", base_url=server.url("/v1"), api_key="secret")
        model = llm.Model(OPENAI, layers=[trace])
        if colour.asynchronous:
            colour.run(_cancel_a_call(model, server))
        else:
            response = model.stream("hi")
            closer = threading.Thread(target=lambda: (server.wait_requests(1), response.close()))
            closer.start()
            with pytest.raises(llm.StreamCancelledError):
                response.finish()
            closer.join()
            assert response.state == "cancelled"
        return server.port


async def _cancel_a_call(model: llm.Model, server: Server) -> None:
    asking = asyncio.create_task(model.stream_async("hi"))
    response = await asking
    reading = asyncio.create_task(response.finish())
    await asyncio.to_thread(server.wait_requests, 1)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert response.state == "pending"  # another may read on
    await response.aclose()


def closed_early(colour: Colour, trace: llm.Layer) -> None:
    with simulate([Turn(text=WORDS)]):
        response = colour.stream(llm.Model(OPENAI, layers=[trace]), "hi")
        colour.next(response.text_stream())
        colour.close_response(response)
    assert response.state == "cancelled"


def dropped(colour: Colour, trace: llm.Layer) -> None:
    with simulate([Turn(text=WORDS)]):
        response = colour.stream(llm.Model(OPENAI, layers=[trace]), "hi")
        colour.next(response.text_stream())
        response.itself = response  # so that it takes the garbage collector
        del response
        gc.collect()


def never_read(colour: Colour, trace: llm.Layer) -> None:
    with simulate([]):
        response = colour.stream(llm.Model(OPENAI, layers=[trace]), "hi")
        colour.close_response(response)
        del response
        gc.collect()


def from_a_cache(colour: Colour, trace: llm.Layer) -> None:
    kept = llm.cache()
    with simulate([Turn(text=WORDS, usage=USAGE)]):
        colour.read(llm.Model(OPENAI, layers=[kept]), "hi")
        response = colour.read(llm.Model(OPENAI, layers=[trace, kept]), "hi")
    assert response.cached_at is not None


def retried(colour: Colour, trace: llm.Layer) -> None:
    again = llm.retry(initial_delay=0, max_retries=1, fallback_models=[ANTHROPIC])
    script = [Turn(fault=Status(500)), Turn(text=WORDS, fault=Cut()), Turn(text=WORDS, usage=USAGE)]
    with simulate(script):
        response = colour.stream(llm.Model(OPENAI, layers=[trace, again]), "hi")
        colour.finish(response)
    assert response.model_id == ANTHROPIC


def recovered(colour: Colour, trace: llm.Layer) -> None:
    def go_on(request: TurnRequest) -> str:
        return WORDS.removeprefix(request.messages[-1].content[-1].text)  # type: ignore[union-attr]  # what was said

    recover = llm.recover(initial_delay=0)
    with simulate([Turn(text=WORDS, fault=Cut()), go_on]):
        response = colour.read(llm.Model(ANTHROPIC, layers=[trace, recover]), "hi")
    assert response.state == "complete"


def exhausted(colour: Colour, trace: llm.Layer) -> None:
    again = llm.retry(initial_delay=0, max_retries=1)
    script = [Turn(fault=Status(500)), Turn(fault=Status(529))]
    with simulate(script), pytest.raises(llm.RetriesExhausted):
        colour.read(llm.Model(OPENAI, layers=[trace, again]), "hi")


ENDINGS: dict[str, Ending] = {
    ending.__name__: ending
    for ending in (
        complete,
        whole,
        at_the_limit,
        with_a_call,
        with_an_object,
        truncated,
        timed_out,
        failed_midway,
        refused,
        unreachable,
        without_a_key,
        cancelled,
        closed_early,
        dropped,
        never_read,
        from_a_cache,
        retried,
        recovered,
        exhausted,
    )
}
