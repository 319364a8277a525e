"""What the pure parts cost, as multiples of a loop that is timed beside them.

A multiple says the same on a fast and on a slow machine, and with others at work: what slows the
one down slows the other. ``python -m tests.speed`` prints all of them, for `tests/test_speed.py`.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable

import msgspec

from mirascope import llm
from mirascope._wire.eventstream import EventStream
from mirascope._wire.ndjson import NDJSON
from mirascope._wire.partial_json import PartialJSON
from mirascope._wire.sse import SSE
from mirascope.llm.messages import AssistantMessage
from mirascope.llm.providers.codec import Framing
from mirascope.llm.responses.chunks import AnswerEnd, Event
from mirascope.llm.responses.log import EventLog
from mirascope.llm.wires import Asked
from mirascope.llm.wires.event_stream import event_frame
from tests.linear import cpu_time
from tests.llm.providers.traffic import request
from tests.llm.wires.sides import SIDES, Side

__all__ = ["PARTS", "Work", "multiple"]

Work = Callable[[int], Callable[[], object]]
"""Returns the work of so many pieces; what it does itself is not counted."""

READ = 1400
"""Bytes that a read brings: what fits into a packet."""


def answer(n: int) -> list[Event]:
    """Return an answer of `n` pieces of text."""
    pieces = [llm.TextChunk(delta=f"word{index} ", id="t") for index in range(n)]
    return [
        llm.TextStartChunk(id="t"),
        *pieces,
        llm.TextEndChunk(id="t"),
        AnswerEnd(state="complete", error=None),
    ]


def reads(data: bytes) -> list[bytes]:
    """Return `data` as it may arrive."""
    return [data[at : at + READ] for at in range(0, len(data), READ)]


def framing(make: Callable[[], Framing], frame: Callable[[str], bytes]) -> Work:
    """Return the work of a framing."""

    def prepare(n: int) -> Callable[[], object]:
        payload = json.dumps({"delta": {"content": "word "}, "id": "chatcmpl-1", "more": "x" * 100})
        pieces = reads(frame(payload) * n)

        def work() -> None:
            reader = make()
            count = sum(len(reader.feed(piece)) for piece in pieces) + len(reader.close())
            assert count == n

        return work

    return prepare


def decoder(side: Side) -> Work:
    """Return the work of a wire's decoder, given events; its framing is not counted."""

    def prepare(n: int) -> Callable[[], object]:
        asked = Asked(wire=side.wire.name, model="model", stream=True)
        data = b"".join(frame.data for frame in side.wire.frames(answer(n), asked, 1))
        reader = side.codec.framing()
        events = [*reader.feed(data), *reader.close()]
        asking = request(side.model_id)

        def work() -> None:
            decoder = side.codec.decoder(asking)
            chunks = [chunk for event in events for chunk in decoder.feed(event)]
            assert sum(isinstance(chunk, llm.TextChunk) for chunk in chunks) == n
            assert decoder.done

        return work

    return prepare


def log(n: int) -> Callable[[], object]:
    """Return the work of a log and its fold, a batch for each piece."""
    batches = [[event] for event in answer(n)]

    def work() -> None:
        log = EventLog(
            AssistantMessage(
                content=[],
                provider_id=None,
                model_id=None,
                provider_model_name=None,
                raw_message=None,
            )
        )
        for batch in batches:
            log.extend(batch)
        assert log.ended
        assert len(log.fold.texts[0].text) > n

    return work


def partial_json(n: int) -> Callable[[], object]:
    """Return the work of reading JSON that comes in pieces of four characters."""
    items = [{"name": f"thing {index}", "amount": index} for index in range(n // 8 + 1)]
    text = json.dumps({"owner": "me", "items": items})[: 4 * n]
    pieces = [text[at : at + 4] for at in range(0, len(text), 4)]

    def work() -> None:
        reader = PartialJSON()
        for piece in pieces:
            reader.feed(piece)
        assert isinstance(reader.value, dict)

    return work


PARTS: dict[str, Work] = {
    "framing: sse": framing(SSE, lambda payload: f"data: {payload}\n\n".encode()),
    "framing: ndjson": framing(NDJSON, lambda payload: f"{payload}\n".encode()),
    "framing: eventstream": framing(EventStream, lambda payload: event_frame("delta", payload)),
    **{f"decoder: {side.wire.name}": decoder(side) for side in SIDES},
    "log and fold": log,
    "partial JSON": partial_json,
}


class _Delta(msgspec.Struct):
    content: str | None = None


_DECODE = msgspec.json.Decoder(list[_Delta]).decode
_ROUNDS = 2000


def _calibrate() -> None:
    """Do some of all that the parts do: call, look up, append, cut bytes and decode JSON."""
    held: dict[int, list[object]] = {}
    data = b'[{"content": "word", "id": "chatcmpl-1", "index": 0}]'

    def take(index: int) -> None:
        for delta in _DECODE(data):
            held.setdefault(index & 63, []).append((delta.content, data[index & 31 :]))

    for index in range(_ROUNDS):
        take(index)


def multiple(prepare: Work, enough: float = 0.0, n: int = 1000, tries: int = 60) -> float:
    """Return how many rounds of the loop a piece costs.

    Both costs are the least of what was measured so far: whatever else the machine does can only
    add to them. So more tries come nearer to the truth, from whichever side.

    Args:
        prepare: The part.
        enough: Stop as soon as the multiple is no more than that.
        n: How many pieces.
        tries: How often both are measured, at most.
    """
    work = prepare(n)
    part = loop = found = float("inf")
    gc.collect()
    for attempt in range(tries):
        loop = min(loop, cpu_time(_calibrate) / _ROUNDS)
        part = min(part, cpu_time(work) / n)
        found = part / loop
        if attempt > 1 and found <= enough:
            break
    return found


if __name__ == "__main__":
    for name, prepare in PARTS.items():
        print(f'    "{name}": {multiple(prepare):.2f},')
