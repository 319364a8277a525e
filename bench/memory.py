"""What a response keeps for each chunk."""

from __future__ import annotations

import gc
import tracemalloc

from bench.measure import Row
from bench.wire import CHUNKS, _model
from mirascope import llm


def rows(url: str) -> list[Row]:
    """Measure with and without raw events."""
    target = f"{url}/burst/{CHUNKS}"
    model = _model(target)
    without = _retained(model)
    with_raw = _retained(llm.Model(model.model_id))
    event = 280.0  # bytes of one event's payload, as the server writes them
    return [
        Row("retained, keep_raw=False", without, "B/chunk", "budget 250", without <= 250),
        Row(
            "retained, raw events kept",
            with_raw,
            "B/chunk",
            f"budget 250 + event (~{event:g})",
            with_raw <= 250 + event + 100,
        ),
    ]


def _retained(model: llm.Model) -> float:
    model.stream("hi").finish()
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    response = model.stream("hi")
    response.finish()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert response.consumed
    return (after - before) / CHUNKS
