"""The caller: asks in both colours, reads in every way, and keeps what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from attack.case import Case, Colour
from mirascope import llm

__all__ = ["WAYS", "Outcome", "ask", "read", "read_async"]

WAYS = ("finish", "text", "chunks", "events", "pretty", "streams")


@dataclass
class Outcome:
    """What a caller was left with."""

    response: Any = None
    error: BaseException | None = None
    streamed: bool = False
    texts: list[str] = field(default_factory=list[str])
    """What ``text_stream()`` gave, if it was read that way."""
    way: str = ""

    @property
    def state(self) -> str:
        """The response's state; without one, whether there is an answer at all."""
        if self.streamed and self.response is not None:
            return str(self.response.state)
        return "failed" if self.error else "complete"

    @property
    def text(self) -> str:
        """The text that there is."""
        return "" if self.response is None else str(self.response.text())


def read(response: Any, way: str, texts: list[str]) -> None:
    """Read a synchronous stream to its end."""
    if way == "finish":
        response.finish()
    elif way == "text":
        for text in response.text_stream():
            texts.append(text)
    elif way == "streams":
        for stream in response.streams():
            for _ in stream:
                pass
    else:
        iterate: Callable[[], Any] = {
            "chunks": response.chunk_stream,
            "events": response.event_stream,
            "pretty": response.pretty_stream,
        }[way]
        for _ in iterate():
            pass


async def read_async(response: Any, way: str, texts: list[str]) -> None:
    """Read an asynchronous stream to its end."""
    if way == "finish":
        await response.finish()
    elif way == "text":
        async for text in response.text_stream():
            texts.append(text)
    elif way == "streams":
        async for stream in response.streams():
            async for _ in stream:
                pass
    else:
        iterate: Callable[[], Any] = {
            "chunks": response.chunk_stream,
            "events": response.event_stream,
            "pretty": response.pretty_stream,
        }[way]
        async for _ in iterate():
            pass


def model_of(case: Case, **params: Any) -> llm.Model:
    """Return the case's model; its requests say which case they belong to."""
    headers = {"x-case": case.id, **params.pop("extra_headers", {})}
    return llm.Model(params.pop("model_id", case.wire.model), extra_headers=headers, **params)


def ask(
    world: Any,
    case: Case,
    *,
    colour: Colour | None = None,
    streamed: bool | None = None,
    way: str | None = None,
    content: Any = "Hello!",
    tools: Sequence[Any] | None = None,
    format: Any = None,
    model: llm.Model | None = None,
    **params: Any,
) -> Outcome:
    """Ask, and read to the end; errors become part of the outcome."""
    colour = colour or case.colour
    streamed = case.streamed if streamed is None else streamed
    way = way or case.one(WAYS)
    outcome = Outcome(streamed=streamed, way=way if streamed else "")
    model = model or model_of(case, **params)

    def go() -> None:
        if streamed:
            outcome.response = model.stream(content, tools=tools, format=format)
            read(outcome.response, way, outcome.texts)
        else:
            outcome.response = model.call(content, tools=tools, format=format)

    async def go_async() -> None:
        if streamed:
            outcome.response = await model.stream_async(content, tools=tools, format=format)
            await read_async(outcome.response, way, outcome.texts)
        else:
            outcome.response = await model.call_async(content, tools=tools, format=format)

    arrived = world.server.arrived(case.id)
    for attempt in (1, 2):
        try:
            if colour == "sync":
                go()
            else:
                world.run(go_async())
        except Exception as error:
            outcome.error = error
        # A kept connection may be closed as it is used; the synchronous driver then asks again.
        unheard = world.server.arrived(case.id) == arrived
        if attempt == 2 or colour == "sync" or not unheard or not _is_lost(outcome.error):
            break
        outcome = Outcome(streamed=streamed, way=outcome.way)
    return outcome


def _is_lost(error: BaseException | None) -> bool:
    return isinstance(error, llm.ConnectionError)
