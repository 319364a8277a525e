"""Bytes that are not what they should be, and bytes that only look so."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from attack.answers import Answer, dumps
from attack.caller import ask
from attack.case import Case, Fault
from attack.converse import KIND, event_frame, frame, text_header
from attack.families.endings import answer_bytes, expect_clean
from attack.http import EVENTS, chunk, framed, head, pieces_of
from attack.judge import judge, judge_text
from attack.world import World

__all__ = ["changed", "run"]


def run(world: World, case: Case) -> None:
    """Heads, chunks, events and JSON with bytes changed; the same answer written in odd ways."""
    if case.turn % 3 == 0:
        _odd_but_right(world, case)
        return
    answer = case.plain()
    data = answer_bytes(case, answer).data
    data = case.one((changed, changed, _wrong_chunks, _wrong_heads))(data, case.rng)
    world.plan(case.id, [data, "fin"])
    judge(world, case, ask(world, case))
    expect_clean(world, case)


# --- wrong


def changed(data: bytes, rng: Random) -> bytes:
    """Return `data` with some bytes changed, lost, doubled or put in."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        at = rng.randrange(len(changed))
        length = rng.choice((1, 1, 2, 9))
        match rng.randrange(6):
            case 0:
                changed[at] = rng.randrange(256)
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = changed[at : at + length]
            case 3:
                changed[at:at] = rng.randbytes(length)
            case 4:
                changed[at:at] = rng.choice(
                    (b"\r", b"\n", b"\r\n", b"\0", b"\xff", b"\xef\xbb\xbf")
                )
            case _:
                changed[at : at + 1] = rng.choice((b'"', b"}", b"]", b"{", b":", b",", b"\\"))
        if not changed:
            return b""
    return bytes(changed)


SIZES = (
    b"-1",
    b"+5",
    b"0x5",
    b" 5",
    b"",
    b"g",
    b"5;",
    b"f" * 30,
    b"0" * 5000,
    b"1_0",
    b"\xb2",
    b"7 ",
)


def _wrong_chunks(data: bytes, rng: Random) -> bytes:
    """Return the answer's body in chunks, of which one is wrong."""
    body = data.partition(b"\r\n\r\n")[2]
    kind = KIND if KIND.encode() in data else EVENTS
    size = rng.choice(SIZES)
    end = rng.choice((b"\r\n", b"\n", b"\r", b"", b"\r\r\n"))
    good = b"".join(chunk(piece) for piece in pieces_of(body[:200], rng))
    start = head(200, ("content-type", kind), ("transfer-encoding", "chunked"))
    return start + good + size + end + body[200:] + b"\r\n0\r\n\r\n"


def _wrong_heads(data: bytes, rng: Random) -> bytes:
    """Return the answer with a head that is wrong."""
    first, _, rest = data.partition(b"\r\n")
    if rng.randrange(2):
        line = rng.choice(
            (
                b"HTTP/2 200 OK",
                b"HTTP/0.9 200",
                b"HTTP/1.1 99 Low",
                b"HTTP/1.1 1000 High",
                b"HTTP/1.1 -200 OK",
                b"HTTP/1.1 2x0 OK",
                b"HTTP/1.1",
                b"",
                b"ICY 200 OK",
                b"HTTP/1.1 200" + b" " * 3000,
                b"\x16\x03\x01\x02",
                b"HTTP/1.1 200 \xff\xfe",
                b"SSH-2.0-OpenSSH_9.6",
            )
        )
        return line + b"\r\n" + rest
    field = rng.choice(
        (
            b"content-length: 5",
            b"content-length: -1",
            b"content-length: 1e3",
            b"content-length: 99999999999999999999",
            b"content-length: 3, 3",
            b"content-length: \xb2",
            b"transfer-encoding: gzip, chunked",
            b"transfer-encoding: chunked, chunked",
            b"transfer-encoding: identity",
            b"transfer-encoding : chunked",
            b"no colon here",
            b": no name",
            b" folded",
            b"x: " + b"y" * 70000,
            b"x\0y: z",
            b"content-type: \xff",
            b"content-encoding: gzip",
            b"connection: close, keep-alive",
            b"\r",
        )
    )
    return first + b"\r\n" + field + b"\r\n" + rest


# --- odd, and right all the same


def _odd_but_right(world: World, case: Case) -> None:
    """Whatever the standards allow gives the same text."""
    answer = case.plain()
    if case.streamed:
        write = case.one(OF_EVENTS if case.wire.kind == EVENTS else OF_FRAMES)
        body = write(answer, case.rng)
        data = framed(
            pieces_of(body, case.rng, 30), case.one(("chunked", "length")), case.wire.kind
        ).data
    else:
        space = case.one((b"", b" ", b"\n\t \r\n"))
        body = space + dumps(answer.whole) + space
        data = framed(
            pieces_of(body, case.rng), case.one(("chunked", "length")), "application/json"
        ).data
    world.plan(case.id, [data])
    outcome = ask(world, case)
    judge(world, case, outcome)
    judge_text(outcome, answer, answer.text)
    if outcome.state != "complete":
        raise Fault(f"the end is {outcome.error!r} of\n{data.decode(errors='replace')}")


def _frames(answer: Answer, change: Callable[[bytes], bytes]) -> bytes:
    return b"".join(change(event.frame) for event in answer.events)


def _line_ends(answer: Answer, rng: Random) -> bytes:
    end = rng.choice((b"\r\n", b"\r"))
    mark = rng.choice((b"", b"\xef\xbb\xbf"))
    return mark + _frames(answer, lambda one: one.replace(b"\n", end))


def _comments(answer: Answer, rng: Random) -> bytes:
    lines = (b": ping\n", b":\n\n", b"\n\n\n", b": " + b"x" * 200 + b"\n")
    return _frames(answer, lambda one: rng.choice(lines) + one + rng.choice(lines))


def _no_space(answer: Answer, rng: Random) -> bytes:
    return _frames(answer, lambda one: one.replace(b"data: ", b"data:", 1))


def _other_fields(answer: Answer, rng: Random) -> bytes:
    lines = (b"id: 7\n", b"retry: 1000\n", b"unknown: x\n", b"datax: 1\n")
    return _frames(answer, lambda one: rng.choice(lines) + one)


def _in_several_lines(answer: Answer, rng: Random) -> bytes:
    """White space may stand between two tokens of JSON, and a line end in data is one."""

    def change(one: bytes) -> bytes:
        return one.replace(b"data: {", b"data: {\ndata: ", 1)

    return _frames(answer, change)


OF_EVENTS = (_line_ends, _comments, _no_space, _other_fields, _in_several_lines)

OTHERS = (
    b"\1a\0",  # true
    b"\1b\1",  # false
    b"\1c\2\7",  # a byte
    b"\1d\3\0\7",
    b"\1e\4\0\0\0\7",
    b"\1f\5" + bytes(8),
    b"\1g\6\0\2\xff\0",  # bytes
    b"\1h\7\0\0",
    b"\1i\x08" + bytes(8),  # a time
    b"\1j\x09" + bytes(16),  # a UUID
)
"""A header that nobody knows, of every type that there is."""


def _other_headers(answer: Answer, rng: Random) -> bytes:
    """Each event with its headers in any order, and others among them."""
    frames: list[bytes] = []
    for event in answer.events:
        headers = [
            text_header(":event-type", event.name),
            text_header(":content-type", "application/json"),
            text_header(":message-type", "event"),
            *rng.sample(OTHERS, rng.randrange(len(OTHERS))),
        ]
        rng.shuffle(headers)
        frames.append(frame(b"".join(headers), event.data))
    return b"".join(frames)


def _unknown_events(answer: Answer, rng: Random) -> bytes:
    nothing = (
        event_frame("newThing", b"{}"),
        event_frame("newThing", b'{"x":"' + b"x" * 999 + b'"}'),
    )
    return _frames(answer, lambda one: rng.choice(nothing) + one + rng.choice(nothing))


OF_FRAMES = (_other_headers, _unknown_events)
