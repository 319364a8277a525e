"""Providers and layers of a user's own."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import assert_type

from mirascope import llm
from mirascope.llm.providers import BaseProvider


class Parrot(BaseProvider):
    """A source for each colour."""

    id = "parrot"
    default_scope = "parrot/"

    def open(self, request: llm.Request) -> Iterator[llm.Event]:
        yield llm.TextStartChunk()
        yield llm.TextChunk(delta=request.model_id)
        yield llm.TextEndChunk()

    async def open_async(self, request: llm.Request) -> AsyncIterator[llm.Event]:
        for event in self.open(request):
            yield event


class Owl(BaseProvider):
    """Several scopes, and what an instance knows."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.id = name
        self.default_scope = [f"{name}/", f"{name}-"]

    def open(self, request: llm.Request) -> Iterator[llm.Event]:
        yield llm.TextChunk(delta="hoo")


def log(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
    started = time.monotonic()
    yield open(request)
    print(request.model_id, time.monotonic() - started)


def keep(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
    events: list[llm.Event] = []
    answer = open(request)
    while batch := (yield answer.pull()):
        events += batch
        yield batch


def fall_back(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
    try:
        events = yield (answer := open(request)).pull()
    except llm.ServerError:
        return open(replace(request, model_id="anthropic/claude-haiku-4-5"))
    yield events or []
    return answer


def instead(request: llm.Request, open: llm.Open) -> llm.Answer:
    return open(replace(request, model_id="anthropic/claude-haiku-4-5"))


class Counting:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        self.count += 1
        yield open(request)


LAYERS: list[llm.Layer] = [log, keep, fall_back, instead, Counting()]


@llm.call("parrot/grey", layers=[log, Counting()])
def ask(q: str) -> str:
    return q


def used() -> None:
    llm.register_provider(Parrot())
    llm.register_provider(Owl("owl"), scope="owl/")
    with llm.layers(log, keep, Counting()):
        assert_type(ask("x"), llm.Response[None])
    model = llm.Model("parrot/grey", layers=[fall_back, instead])
    assert_type(model.stream("x"), llm.StreamResponse[None])
    print(LAYERS)


def refused() -> None:
    def no_layer(request: llm.Request) -> None: ...

    llm.Model("parrot/grey", layers=[no_layer])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    llm.register_provider(Parrot)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
