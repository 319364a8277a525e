"""What the v1 API adds to the vendor's own SDK, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bench.measure import Row, cpu_us

BURST = 4_000
READY = 20_000


def rows(url: str) -> list[Row]:
    """Measure over a connection, and over chunks that are there already, short and long."""
    try:
        import openai
    except ImportError:
        return []
    client = openai.OpenAI(api_key="k", base_url=f"{url}/burst/{BURST}")
    bare = cpu_us(lambda: _bare(client), BURST)
    ours = cpu_us(lambda: _ours(client), BURST)
    result = [
        Row("openai SDK", bare, "us/chunk"),
        Row(
            "v1 stream over it",
            ours,
            "us/chunk",
            f"{ours / bare:.2f} x SDK (budget 3)",
            ours <= 3 * bare,
        ),
    ]
    chunk = _chunk()
    costs = {count: cpu_us(_over(_Ready(chunk, count)), count) for count in (READY, 5 * READY)}
    result.append(Row("v1 stream over ready chunks", costs[READY], "us/chunk"))
    growth = costs[5 * READY] / costs[READY]
    result.append(
        Row(
            f"the same, {5 * READY:,} chunks of 100 characters",
            costs[5 * READY],
            "us/chunk",
            f"{growth:.2f} x of {READY:,}",
            growth <= 1.5,
        )
    )
    return result


def _ask(client: Any) -> Any:
    from mirascope.core import openai

    @openai.call("gpt-5-mini", stream=True, client=client)
    def question() -> str:
        return "hi"

    return question()


def _bare(client: Any) -> None:
    messages = [{"role": "user", "content": "hi"}]
    for chunk in client.chat.completions.create(model="m", messages=messages, stream=True):
        _ = chunk.choices[0].delta.content


def _ours(client: Any) -> None:
    stream = _ask(client)
    for chunk, _ in stream:
        _ = chunk.content
    assert stream.content


def _over(client: Any) -> Callable[[], None]:
    return lambda: _ours(client)


def _chunk() -> Any:
    from openai.types.chat import ChatCompletionChunk

    delta = {"index": 0, "delta": {"content": "x" * 100}, "finish_reason": None}
    common = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return ChatCompletionChunk.model_validate({**common, "choices": [delta]})


class _Ready:
    """A client whose answer is there already."""

    def __init__(self, chunk: Any, count: int) -> None:
        self.chat = self.completions = self
        self._chunk = chunk
        self._count = count

    def create(self, **_: Any) -> _Answer:
        """Answer."""
        return _Answer(self._chunk, self._count)


class _Answer:
    def __init__(self, chunk: Any, count: int) -> None:
        self._chunk = chunk
        self._count = count

    def __enter__(self) -> _Answer:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter([self._chunk] * self._count)
