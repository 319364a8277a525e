"""A middleware of one's own, around calls and streams of the real SDKs."""

from __future__ import annotations

import asyncio
import contextvars
import gc
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

import pytest

pytest.importorskip("openai")

import openai as openai_sdk
from pydantic import BaseModel

from mirascope.core import openai
from mirascope.core.base import BaseStructuredStream
from mirascope.integrations import middleware_factory
from tests.core.loopback import TEXTS, Loopback, Script

TEXT = "".join(TEXTS)
WHO: contextvars.ContextVar[str] = contextvars.ContextVar("WHO", default="nobody")


class Book(BaseModel):
    title: str


class Notes(list[Any]):
    """What a middleware wrote down, in order."""

    def named(self, name: str) -> Callable[..., Any]:
        def note(result: Any, fn: Callable[..., Any], context: Any) -> None:
            self.append((name, result, fn.__name__, context, WHO.get()))

        return note

    def anamed(self, name: str) -> Callable[..., Any]:
        async def note(result: Any, fn: Callable[..., Any], context: Any) -> None:
            await asyncio.sleep(0)
            self.append((f"{name}_async", result, fn.__name__, context, WHO.get()))

        return note

    @property
    def names(self) -> list[str]:
        return [note[0] for note in self]

    def middleware(self, **more: Any) -> Any:
        @contextmanager
        def manager(fn: Callable[..., Any]) -> Iterator[str]:
            self.append(("open",))
            token = WHO.set(fn.__name__)
            try:
                yield "the context"
            except BaseException as error:
                self.append((f"left by {type(error).__name__}",))
                raise
            finally:
                WHO.reset(token)
                self.append(("close",))

        kinds = ("call_response", "stream", "response_model", "structured_stream")
        handlers = {f"handle_{kind}": self.named(kind) for kind in kinds}
        handlers |= {f"handle_{kind}_async": self.anamed(kind) for kind in kinds}
        return middleware_factory(custom_context_manager=manager, **{**handlers, **more})


@pytest.fixture
def notes() -> Notes:
    return Notes()


def asked(notes: Notes, more: dict[str, Any] | None = None, **options: Any) -> Any:
    @notes.middleware(**more or {})
    @openai.call("gpt-4o-mini", **options)
    def tell() -> str:
        """Tell."""
        return f"Hello from {WHO.get()}"

    return tell


def aasked(notes: Notes, more: dict[str, Any] | None = None, **options: Any) -> Any:
    @notes.middleware(**more or {})
    @openai.call("gpt-4o-mini", **options)
    async def tell() -> str:
        await asyncio.sleep(0)
        return f"Hello from {WHO.get()}"

    return tell


def test_a_call(notes: Notes, loopback: Loopback) -> None:
    tell = asked(notes)
    response = tell()
    assert tell.__name__ == "tell"
    assert tell.__doc__ == "Tell."
    assert notes == [
        ("open",),
        ("call_response", response, "tell", "the context", "tell"),
        ("close",),
    ]
    # The prompt function ran with what the context manager set, and nobody else did.
    assert loopback.last.body["messages"][0]["content"] == "Hello from tell"
    assert WHO.get() == "nobody"


async def test_an_asynchronous_call(notes: Notes, loopback: Loopback) -> None:
    response = await aasked(notes)()
    assert notes[1] == ("call_response_async", response, "tell", "the context", "tell")
    assert notes.names == ["open", "call_response_async", "close"]
    assert loopback.last.body["messages"][0]["content"] == "Hello from tell"


def test_a_stream_is_handled_at_its_end(notes: Notes, loopback: Loopback) -> None:
    stream = asked(notes, stream=True)()
    assert isinstance(stream, openai.OpenAIStream)
    assert type(stream).__name__ == "OpenAIStream"
    texts = []
    for chunk, _ in stream:
        assert notes.names == ["open"]
        assert WHO.get() == "nobody"
        texts.append(chunk.content)
    assert "".join(texts) == TEXT
    assert notes.names == ["open", "stream", "close"]
    assert notes[1][1] is stream
    assert notes[1][4] == "tell"
    assert stream.construct_call_response().content == TEXT


async def test_an_asynchronous_stream_read_in_another_task(
    notes: Notes, loopback: Loopback
) -> None:
    stream = await aasked(notes, stream=True)()

    async def read() -> str:
        return "".join([chunk.content async for chunk, _ in stream])

    assert await asyncio.create_task(read()) == TEXT
    assert notes.names == ["open", "stream_async", "close"]
    assert notes[1][4] == "tell"


def test_streams_that_are_read_by_turns(loopback: Loopback) -> None:
    """Each leaves its own context manager where it was entered, in whatever order."""
    one, two = Notes(), Notes()
    first, second = iter(asked(one, stream=True)()), iter(asked(two, stream=True)())
    next(first)
    next(second)
    list(first)
    assert (one.names, two.names) == (["open", "stream", "close"], ["open"])
    list(second)
    assert two.names == ["open", "stream", "close"]


def test_a_response_model(notes: Notes, loopback: Loopback) -> None:
    loopback.script = Script(texts=('{"title": "Emma"}',))
    book = asked(notes, response_model=Book, json_mode=True)()
    assert notes.names == ["open", "response_model", "close"]
    assert notes[1][1] is book
    loopback.script = Script(texts=('{"value": 3}',))
    assert asked(notes, response_model=int, json_mode=True)() == 3
    assert notes[4][1] == 3


async def test_an_asynchronous_response_model(notes: Notes, loopback: Loopback) -> None:
    loopback.script = Script(texts=('{"title": "Emma"}',))
    assert await aasked(notes, response_model=Book, json_mode=True)() == Book(title="Emma")
    assert notes.names == ["open", "response_model_async", "close"]


def test_a_structured_stream(notes: Notes, loopback: Loopback) -> None:
    loopback.script = Script(texts=('{"title": ', '"Emma"}'))
    stream = asked(notes, response_model=Book, json_mode=True, stream=True)()
    assert isinstance(stream, BaseStructuredStream)
    assert list(stream)[-1] == Book(title="Emma")
    assert notes.names == ["open", "structured_stream", "close"]
    assert notes[1][1].constructed_response_model == Book(title="Emma")


async def test_an_asynchronous_structured_stream(notes: Notes, loopback: Loopback) -> None:
    loopback.script = Script(texts=('{"title": ', '"Emma"}'))
    stream = await aasked(notes, response_model=Book, json_mode=True, stream=True)()
    assert [book async for book in stream][-1] == Book(title="Emma")
    assert notes.names == ["open", "structured_stream_async", "close"]


def test_a_stream_that_is_left(notes: Notes, loopback: Loopback) -> None:
    loopback.script = Script(endless=True)
    for _ in asked(notes, stream=True)():
        break
    assert notes.names == ["open", "left by GeneratorExit", "close"]
    loopback.disconnected.wait()


def test_a_stream_that_nobody_reads(notes: Notes, loopback: Loopback) -> None:
    stream = asked(notes, stream=True)()
    assert notes.names == ["open"]
    del stream
    gc.collect()
    assert notes.names == ["open", "close"]


async def test_an_asynchronous_stream_that_is_left(notes: Notes, loopback: Loopback) -> None:
    loopback.script = Script(endless=True)
    stream = await aasked(notes, stream=True)()
    async with aclosing(aiter(stream)) as pairs:
        async for _ in pairs:
            break
    assert notes.names == ["open", "left by GeneratorExit", "close"]


def test_an_error(notes: Notes, loopback: Loopback) -> None:
    loopback.script = Script(status=400)
    with pytest.raises(openai_sdk.BadRequestError):
        asked(notes)()
    assert notes.names == ["open", "left by BadRequestError", "close"]


def test_what_the_error_handler_returns_is_the_result(notes: Notes, loopback: Loopback) -> None:
    loopback.script = Script(status=400)

    def sorry(error: Exception, fn: Callable[..., Any], context: Any) -> str:
        notes.append((type(error).__name__, context))
        return "sorry"

    assert asked(notes, {"handle_error": sorry})() == "sorry"
    assert notes.names == ["open", "BadRequestError", "close"]


async def test_an_asynchronous_error_handler(notes: Notes, loopback: Loopback) -> None:
    loopback.script = Script(status=400)

    async def sorry(error: Exception, fn: Callable[..., Any], context: Any) -> str:
        return f"sorry, {context}"

    assert await aasked(notes, {"handle_error_async": sorry})() == "sorry, the context"


def test_the_error_of_a_stream_is_handled_once_and_raised(notes: Notes, loopback: Loopback) -> None:
    loopback.script = Script(cut=True)
    more = {"handle_error": notes.named("error")}
    stream = asked(notes, more, stream=True)()
    with pytest.raises(Exception, match=r".") as raised:
        list(stream)
    assert notes[1][:2] == ("error", raised.value)
    assert notes.names == ["open", "error", f"left by {type(raised.value).__name__}", "close"]
    assert stream.content == TEXT


async def test_the_error_of_an_asynchronous_stream(notes: Notes, loopback: Loopback) -> None:
    loopback.script = Script(status=400)
    stream = await aasked(notes, {"handle_error_async": notes.anamed("error")}, stream=True)()
    with pytest.raises(openai_sdk.BadRequestError):
        _ = [pair async for pair in stream]
    assert notes.names == ["open", "error_async", "left by BadRequestError", "close"]


async def test_a_cancelled_stream_is_left(notes: Notes, loopback: Loopback) -> None:
    loopback.script = Script(endless=True)
    stream = await aasked(notes, stream=True)()
    begun = asyncio.Event()

    async def read() -> None:
        async for _ in stream:
            begun.set()

    task = asyncio.create_task(read())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert notes.names == ["open", "left by CancelledError", "close"]


def test_one_middleware_around_another(loopback: Loopback) -> None:
    notes = Notes()
    inner, outer = notes.middleware(), middleware_factory(handle_stream=notes.named("outer"))

    @outer
    @inner
    @openai.call("gpt-4o-mini", stream=True)
    def tell() -> str:
        return "Hello"

    list(tell())
    assert notes.names == ["open", "stream", "close", "outer"]


def test_a_custom_decorator_is_outermost(notes: Notes, loopback: Loopback) -> None:
    def shouting(fn: Callable[..., Any]) -> Callable[..., Any]:
        def shout(*args: Any) -> str:
            notes.append(("before",))
            return str(fn(*args).content).upper()

        return shout

    assert asked(notes, {"custom_decorator": shouting})() == TEXT.upper()
    assert notes.names == ["before", "open", "call_response", "close"]


def test_a_method_and_no_handler_at_all(loopback: Loopback) -> None:
    class Teller:
        name = "Ada"

        @middleware_factory()
        @openai.call("gpt-4o-mini")
        def tell(self) -> str:
            return f"I am {self.name}"

    assert Teller().tell().content == TEXT
    assert loopback.last.body["messages"][0]["content"] == "I am Ada"
