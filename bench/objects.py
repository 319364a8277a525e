"""What structured output costs on top of text, at several lengths."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from bench.measure import Row, cpu_us
from mirascope import llm


class Item(BaseModel):
    """A small object."""

    name: str
    amount: int


class Basket(BaseModel):
    """A growing list of small objects."""

    owner: str
    items: list[Item]


def rows(_: str) -> list[Row]:
    """Measure 1 k, 10 k and 100 k chunks."""
    result = []
    for chunks, budget in ((1_000, 15.0), (10_000, 15.0), (100_000, 40.0)):
        deltas = _deltas(chunks)
        runs = 3 if chunks < 100_000 else 1
        text = cpu_us(lambda: _read(deltas, "text_stream"), len(deltas), runs)  # noqa: B023
        full = cpu_us(lambda: _read(deltas, "structured_stream"), len(deltas), runs)  # noqa: B023
        result.append(
            Row(
                f"structured_stream, {len(deltas):,} chunks, on top of text",
                full - text,
                "us/chunk",
                f"budget {budget:g}",
                full - text <= budget,
            )
        )
    return result


def _deltas(count: int) -> list[str]:
    size = 4
    items = [{"name": f"thing {index}", "amount": index} for index in range(count * size // 34)]
    text = json.dumps({"owner": "me", "items": items})
    return [text[index : index + size] for index in range(0, len(text), size)]


def _read(deltas: list[str], method: str) -> None:
    def chunks() -> Iterator[Any]:
        yield llm.TextStartChunk()
        for delta in deltas:
            yield llm.TextChunk(delta=delta)
        yield llm.TextEndChunk()

    response: Any = llm.StreamResponse(
        provider_id="bench",
        model_id="bench/model",
        provider_model_name="model",
        params={},
        format=llm.format(Basket, mode="strict"),
        input_messages=[],
        chunk_iterator=chunks(),
    )
    for _ in getattr(response, method)():
        pass
