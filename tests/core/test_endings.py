"""How streams end otherwise than by themselves: no server, left early, cancelled, cut, not read."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import socket
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import BaseModel

from .asking import aask, ask
from .loopback import Loopback, Script
from .test_streams import TEXT, async_stream
from .vendors import BY_NAME, V1Vendor, configure, each, environment

GRPC = ("gemini", "vertex")
NOT_GRPC = tuple(name for name in BY_NAME if name not in GRPC)
CONNECTION_ERRORS = {
    "openai": "APIConnectionError",
    "anthropic": "APIConnectionError",
    "mistral": "ConnectError",
    "gemini": "ConnectionError",
    "groq": "APIConnectionError",
    "cohere": "ConnectError",
    "litellm": "InternalServerError or APIError",  # the latter in its older releases
    "azure": "ServiceRequestError",
    "vertex": "ConnectionError",
    "bedrock": "EndpointConnectionError",
    "google": "ConnectError",
    "xai": "APIConnectionError",
}
# Those whose every chunk, or first, counts the tokens.
COUNTED = ("anthropic", "gemini", "vertex", "google")
# Cohere's SDK skips lines that are not JSON.
GARBLED = tuple(name for name in BY_NAME if name != "cohere")


@pytest.fixture(autouse=True)
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector away: what is to be closed must not wait for it."""
    gc.disable()
    yield
    gc.enable()


@asynccontextmanager
async def endless(vendor: V1Vendor, loopback: Loopback) -> AsyncIterator[Any]:
    loopback.script = Script(endless=True)
    async with async_stream(vendor, loopback) as stream:
        yield stream


async def disconnected(loopback: Loopback) -> bool:
    return await asyncio.to_thread(loopback.disconnected.wait, 30)


def check_left(stream: Any) -> None:
    assert stream.content.startswith("more ")
    check_unfinished(stream)


def check_unfinished(stream: Any) -> None:
    assert stream.end_time >= stream.start_time > 0
    assert not hasattr(stream, "message_param")
    with pytest.raises(ValueError, match="consumed"):
        stream.construct_call_response()


def raised_by_the_sdk(error: BaseException) -> bool:
    """Whether an error is as the SDK raised it: no code of ours raised it, or another for it."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return not frames[-1].f_globals["__name__"].startswith("mirascope")


@each()
def test_nothing_is_sent_before_the_first_next(vendor: V1Vendor, loopback: Loopback) -> None:
    stream = ask(vendor, stream=True)
    assert loopback.seen == []
    next(iter(stream))
    assert len(loopback.seen) == 1


@each(*NOT_GRPC)
async def test_nothing_is_sent_before_the_first_anext(vendor: V1Vendor, loopback: Loopback) -> None:
    stream = await aask(vendor, stream=True)
    assert loopback.seen == []
    async with contextlib.aclosing(aiter(stream)) as pairs:
        await anext(pairs)
    assert len(loopback.seen) == 1


@each()
def test_a_stream_that_nobody_reads(vendor: V1Vendor, loopback: Loopback) -> None:
    stream = ask(vendor, stream=True)
    stream.stream.close()
    assert list(stream) == []
    assert loopback.seen == []


@each(*NOT_GRPC)
async def test_an_asynchronous_stream_that_nobody_reads(
    vendor: V1Vendor, loopback: Loopback
) -> None:
    before = asyncio.all_tasks()
    stream = await aask(vendor, stream=True)
    await stream.stream.aclose()
    assert [pair async for pair in stream] == []
    assert loopback.seen == []
    assert asyncio.all_tasks() == before


@each()
def test_a_dead_port_fails_in_the_loop(
    vendor: V1Vendor, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    for name, value in environment(f"http://127.0.0.1:{port}").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    configure(f"http://127.0.0.1:{port}")
    with _no_retries(vendor) as options:
        stream = ask(vendor, stream=True, **options)
        with pytest.raises(Exception) as caught:  # noqa: PT011  # each SDK has its own
            next(iter(stream))
    assert type(caught.value).__name__ in CONNECTION_ERRORS[vendor.name].split(" or ")
    assert raised_by_the_sdk(caught.value)
    assert stream.content == ""
    check_unfinished(stream)


@contextlib.contextmanager
def _no_retries(vendor: V1Vendor) -> Iterator[dict[str, Any]]:
    """Make SDKs give up at once that would try for seconds, each in its own way."""
    if vendor.name in ("openai", "anthropic", "groq"):
        module = __import__(vendor.sdk)
        client = {"openai": "OpenAI", "anthropic": "Anthropic", "groq": "Groq"}[vendor.name]
        with getattr(module, client)(max_retries=0) as made:
            yield {"client": made}
    elif vendor.name == "azure":
        from azure.ai.inference import ChatCompletionsClient
        from azure.core.credentials import AzureKeyCredential

        endpoint = os.environ["AZURE_INFERENCE_ENDPOINT"]
        with ChatCompletionsClient(endpoint, AzureKeyCredential("k"), retry_total=0) as made:
            yield {"client": made}
    elif vendor.name == "litellm":
        yield {"call_params": {"max_retries": 0}}
    else:
        yield {}


@each()
def test_break_closes_the_response(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(endless=True)
    stream = ask(vendor, stream=True)
    for _ in stream:
        if stream.content:
            break
    assert loopback.disconnected.wait(30)
    check_left(stream)


@each(*GRPC)
def test_break_cancels_the_call(vendor: V1Vendor, loopback: Loopback) -> None:
    from .grpc_loopback import sync_model

    with sync_model(vendor.name, Script(endless=True), loopback.disconnected) as client:
        stream = ask(vendor, stream=True, client=client)
        for _ in stream:
            if stream.content:
                break
        assert loopback.disconnected.wait(30)
    check_left(stream)


@each("litellm")
def test_break_closes_a_response_that_litellm_reads_itself(
    vendor: V1Vendor, loopback: Loopback
) -> None:
    loopback.script = Script(endless=True)

    @vendor.module().call(
        "anthropic/claude-3-5-sonnet-20240620",
        stream=True,
        call_params={"api_base": loopback.url},
    )
    def question() -> str:
        return "Hello"

    stream = question()
    for _ in stream:
        if stream.content:
            break
    assert loopback.last.path == "/v1/messages"
    assert loopback.disconnected.wait(30)
    check_left(stream)


@each()
async def test_break_closes_the_response_asynchronously(
    vendor: V1Vendor, loopback: Loopback
) -> None:
    async with endless(vendor, loopback) as stream:
        async for _ in stream:
            if stream.content:
                break
        assert await disconnected(loopback)
        check_left(stream)


@each()
async def test_closing_the_iterator_leaves_nothing_to_do(
    vendor: V1Vendor, loopback: Loopback
) -> None:
    async with endless(vendor, loopback) as stream:
        before = asyncio.all_tasks()
        async with contextlib.aclosing(aiter(stream)) as pairs:
            async for _ in pairs:
                if stream.content:
                    break
        assert await _only(before)
        assert await disconnected(loopback)
        check_left(stream)


@pytest.mark.parametrize("awaited", ["the next chunk", "something else"])
@each()
async def test_cancelling_closes_the_response(
    vendor: V1Vendor, loopback: Loopback, awaited: str
) -> None:
    async with endless(vendor, loopback) as stream:
        arrived = asyncio.Event()

        async def read() -> None:
            async for _ in stream:
                if stream.content:
                    arrived.set()
                    if awaited == "something else":
                        await asyncio.Event().wait()

        before = asyncio.all_tasks()
        task = asyncio.create_task(read())
        await asyncio.wait_for(arrived.wait(), 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await disconnected(loopback)
        assert await _only(before)
        check_left(stream)


async def _only(tasks: set[asyncio.Task[Any]]) -> bool:
    """Whether no other tasks are left, once those have ended that are about to."""
    others = asyncio.all_tasks() - tasks
    if others:
        await asyncio.wait(others, timeout=30)
    return not asyncio.all_tasks() - tasks


# litellm's clients are its own.
@each(*(name for name in NOT_GRPC if name != "litellm"))
def test_a_loop_that_ends_closes_its_client(vendor: V1Vendor, loopback: Loopback) -> None:
    async def read() -> None:
        async for _ in await aask(vendor, stream=True):
            pass

    asyncio.run(read())
    assert loopback.last.closed.wait(30)


class Book(BaseModel):
    title: str


@each("openai")
def test_break_closes_a_structured_stream(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(texts=('{"title": "A"',), garbled=True)
    stream = ask(vendor, stream=True, response_model=Book, json_mode=True)
    for book in stream:
        assert book.title == "A"
        break
    assert loopback.disconnected.wait(30)


@each()
def test_a_cut_stream_raises_the_error_of_the_sdk(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(cut=True)
    stream = ask(vendor, stream=True)
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each SDK has its own
        list(stream)
    assert loopback.disconnected.wait(30)
    check_cut(vendor, stream, caught.value)


@each()
async def test_a_cut_stream_raises_the_error_of_the_sdk_asynchronously(
    vendor: V1Vendor, loopback: Loopback
) -> None:
    loopback.script = Script(cut=True)
    async with async_stream(vendor, loopback) as stream:
        with pytest.raises(Exception) as caught:  # noqa: PT011  # each SDK has its own
            async for _ in stream:
                pass
        # A gRPC server that ends a call has no connection to see closed.
        assert vendor.name in GRPC or await disconnected(loopback)
    check_cut(vendor, stream, caught.value)


def check_cut(vendor: V1Vendor, stream: Any, error: BaseException) -> None:
    assert raised_by_the_sdk(error)
    assert stream.content == TEXT
    assert stream.input_tokens == (10 if vendor.name in COUNTED else None)
    check_unfinished(stream)


@each(*GARBLED)
def test_a_garbled_stream_is_closed(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(garbled=True)
    stream = ask(vendor, stream=True)
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each SDK has its own
        list(stream)
    assert raised_by_the_sdk(caught.value)
    assert loopback.disconnected.wait(20)
    check_unfinished(stream)


@each(*(name for name in GARBLED if name not in GRPC))
async def test_a_garbled_stream_is_closed_asynchronously(
    vendor: V1Vendor, loopback: Loopback
) -> None:
    loopback.script = Script(garbled=True)
    stream = await aask(vendor, stream=True)
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each SDK has its own
        async for _ in stream:
            pass
    assert raised_by_the_sdk(caught.value)
    assert await disconnected(loopback)
    check_unfinished(stream)
