"""Answers that come a byte at a time, or with much around them."""

from __future__ import annotations

from attack.answers import dumps
from attack.caller import ask
from attack.case import Case, Fault
from attack.families.endings import expect_clean
from attack.http import JSON, chunk, head, pieces_of
from attack.judge import judge, judge_text
from attack.server import Paced, Step
from attack.world import World
from mirascope import llm

__all__ = ["run"]


def run(world: World, case: Case) -> None:
    """Bytes one by one, slow heads, floods of 1xx, chunk extensions, trailers, tiny chunks."""
    answer = case.plain(2)
    if case.streamed:
        body, kind = b"".join(event.frame for event in answer.events), case.wire.kind
    else:
        body, kind = dumps(answer.whole), JSON
    steps, good = _steps(case, body, kind)
    world.plan(case.id, steps)
    limit = None if good else llm.Timeout(total=0.15)
    outcome = ask(world, case, **({} if limit is None else {"timeout": limit}))
    judge(world, case, outcome)
    judge_text(outcome, answer)
    if good and outcome.state != "complete":
        raise Fault(f"the end is {outcome.error!r}")
    if not good and not isinstance(outcome.error, llm.TimeoutError | llm.ConnectionError):
        raise Fault(f"an endless answer ends with {outcome.error!r}")
    expect_clean(world, case)


def _steps(case: Case, body: bytes, kind: str) -> tuple[list[Step], bool]:
    """Return what is sent, and whether it has an end."""
    rng = case.rng
    chunked = head(200, ("content-type", kind), ("transfer-encoding", "chunked"))
    sized = head(200, ("content-type", kind), ("content-length", str(len(body))))
    match case.turn % 8:
        case 0:
            return [Paced([bytes([byte]) for byte in sized + body])], True
        case 1:
            return [Paced([bytes([byte]) for byte in sized], 0.0005), body], True
        case 2:
            interim = case.one((100, 102, 103, 199))
            return [head(interim, ("x-a", "b")) * rng.randrange(1, 50), sized, body], True
        case 3:
            extension = case.one((b";a=b", b';a="x y"', b";" + b"e" * 500, b" ", b"\t ;a = b"))
            data = b"".join(chunk(piece, extension) for piece in pieces_of(body, rng, 20))
            return [chunked + data + b"0" + extension + b"\r\n\r\n"], True
        case 4:
            data = b"".join(chunk(piece) for piece in pieces_of(body, rng, 20))
            trailers = b"x-checksum: 1\r\n" * rng.randrange(1, 30)
            return [chunked + data + b"0\r\n" + trailers + b"\r\n"], True
        case 5:
            return [chunked, Paced([chunk(bytes([byte])) for byte in body]), b"0\r\n\r\n"], True
        case 6:  # a head without end
            line = case.one((b"x", b"x: y\r\n"))
            return [b"HTTP/1.1 200 OK\r\n", Paced([line] * 60, 0.005), "silence"], False
        case _:
            return [Paced([head(case.one((100, 103)))] * 60, 0.005), "silence"], False
