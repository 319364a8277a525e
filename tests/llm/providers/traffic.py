"""What the tests of codecs share: requests, logs of chunks, recorded traffic and damage to it."""

from __future__ import annotations

import csv
import itertools
import json
import os
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mirascope.llm.content import AssistantContentPart, ProviderToolCall, ToolCall
from mirascope.llm.formatting import Format
from mirascope.llm.messages import Message, user
from mirascope.llm.providers.codec import Codec, Decoder, Request, WireEvent
from mirascope.llm.responses.chunks import StreamResponseChunk
from mirascope.llm.responses.fold import Fold
from mirascope.llm.responses.log import EventLog
from mirascope.llm.tools import Toolkit

FIXTURES = Path(__file__).parents[2] / "wire"
RECORDINGS = Path(__file__).parents[3] / "../shared/wire"
FUZZ_ITERATIONS = int(os.environ.get("FUZZ_ITERATIONS", "3000"))

SHOWN = {"thinking": {"level": "low", "include_thoughts": True}}


def request(
    model_id: str,
    messages: Sequence[Message] | str = "Hi.",
    *,
    tools: Sequence[Any] = (),
    format: Format[Any] | None = None,
    stream: bool = False,
    **params: Any,
) -> Request:
    provider_id, _, model_name = model_id.partition("/")
    return Request(
        provider_id=provider_id,
        model_id=model_id,
        model_name=model_name,
        messages=[user(messages)] if isinstance(messages, str) else messages,
        toolkit=Toolkit(list(tools)),
        format=format,
        params=params,  # type: ignore[arg-type] - whatever a test wants to try
        stream=stream,
    )


def body_of(codec: Codec, asked: Request) -> dict[str, Any]:
    return json.loads(codec.encode(asked).body)


def log_of(chunks: Iterable[StreamResponseChunk]) -> Fold:
    """Return what a log makes of the chunks; it refuses them in a wrong order."""
    log = EventLog()
    for chunk in chunks:
        log.append(chunk)
    return log.fold


def events_of(codec: Codec, parts: Iterable[bytes]) -> list[WireEvent]:
    framing = codec.framing()
    events = [event for part in parts for event in framing.feed(part)]
    return events + framing.close()


def decode_events(decoder: Decoder, events: Iterable[WireEvent]) -> list[StreamResponseChunk]:
    chunks = [chunk for event in events for chunk in decoder.feed(event)]
    return chunks + decoder.close()


def parts_of(log: Fold) -> list[AssistantContentPart | tuple[str, str, object]]:
    """Return the content, the arguments of calls decoded: their spacing is the vendor's affair."""
    return [
        (part.id, part.name, json.loads(part.args))
        if isinstance(part, ToolCall | ProviderToolCall)
        else part
        for part in log.content
    ]


@dataclass(frozen=True)
class Recording:
    """One recorded answer."""

    file: str
    format: str
    status: int
    provider: str

    @property
    def name(self) -> str:
        return self.file.partition("/")[0] + "/" + Path(self.file).name

    @property
    def body(self) -> bytes:
        return (RECORDINGS / self.file).read_bytes()


@cache
def recordings(wire: str) -> tuple[Recording, ...]:
    if not (RECORDINGS / "MANIFEST.csv").exists():
        return ()
    with open(RECORDINGS / "MANIFEST.csv", newline="") as manifest:
        return tuple(
            Recording(
                row["file"],
                row["format"].partition("(")[0],
                int(row["status"] or 200),
                row["provider"],
            )
            for row in csv.DictReader(manifest)
            if row["wire"] == wire
        )


def require_recordings(wire: str) -> tuple[Recording, ...]:
    found = recordings(wire)
    if not found:
        pytest.skip("the recorded traffic is not here")
    return found


def cut(data: bytes, rng: random.Random) -> Iterator[bytes]:
    """Cut `data` at random places, now and then into single bytes."""
    count = len(data) if rng.random() < 0.1 and len(data) < 5000 else rng.randint(0, 12)
    edges = [0, *sorted(rng.randint(0, len(data)) for _ in range(count)), len(data)]
    return (data[start:end] for start, end in itertools.pairwise(edges))


_TOKENS = [
    *(b"null", b"true", b"0", b"-1", b"1e999", b"NaN", b'""', b'"x"', b"[]", b"{}", b"[[]]", b"{"),
    *(
        b"\xff",
        b"\\ud83d",
        b"\n",
        b"\r",
        b"data: ",
        b"event: error\n",
        b"\0",
        b'"type":',
        b"9" * 40,
    ),
]


def mutate(data: bytes, rng: random.Random) -> bytes:
    """Damage `data`: bytes, JSON tokens, whole lines."""
    damaged = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(damaged) + 1)
        match rng.randrange(6):
            case 0:
                damaged[place : place + rng.randint(0, 30)] = b""
            case 1:
                damaged[place:place] = rng.choice(_TOKENS)
            case 2:
                damaged[place : place + 1] = bytes([rng.randrange(256)])
            case 3:
                del damaged[place:]
            case 4:  # another value for a key
                colon = damaged.find(b":", place)
                end = min(
                    (e for e in (damaged.find(c, colon) for c in (b",", b"}")) if e > 0),
                    default=colon,
                )
                if 0 <= colon < end:
                    damaged[colon + 1 : end] = rng.choice(_TOKENS)
            case _:  # the order of events
                lines = bytes(damaged).split(b"\n")
                rng.shuffle(lines)
                damaged = bytearray(b"\n".join(lines))
    return bytes(damaged)
