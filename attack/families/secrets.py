"""Servers that say the key they were given."""

from __future__ import annotations

import base64
import html
import json
import string
import traceback
from random import Random
from urllib.parse import quote

from attack.answers import dumps
from attack.caller import ask
from attack.case import Case, Fault
from attack.families.types import use
from attack.http import FRAMINGS, JSON, framed
from attack.judge import judge
from attack.world import World

__all__ = ["run"]

SHAPES = (
    "sk-proj-{}",
    "sk-ant-api03-{}",
    "AIza{}",
    "{}",
    "key with {}",
    "{}/+{}==",
    "{}&{}=%2F",
    'q"{}',
    "back\\{}",
    "<{}>",
    "[{}](.*)+",
)


def run(world: World, case: Case) -> None:
    """Keys of any shape, echoed in bodies, headers, streams, redirects and reasons."""
    rng = case.rng
    key = _key(rng)
    # A scope of its own: the world's registrations stay as they are.
    scope = case.wire.model.partition("/")[0] + f"/echo-{case.wire.name}"
    world.register(case.wire.provider, scope, key)
    echoed = case.one(_forms(key))
    data, ends = _echo(case, echoed, world)
    world.plan(case.id, [data, *ends])  # type: ignore[list-item]
    world.logged.clear()
    outcome = ask(world, case, model_id=scope)
    judge(world, case, outcome, key)
    for text in [*traceback.format_exception(outcome.error)] if outcome.error else []:
        if key in text or echoed in text:
            raise Fault(f"{echoed!r} is in the traceback")
    if outcome.response is not None:
        use(world, outcome)


def _key(rng: Random) -> str:
    body = "".join(rng.choices(string.ascii_letters + string.digits, k=rng.choice((8, 20, 40, 90))))
    return rng.choice(SHAPES).format(body, body)


def _forms(key: str) -> tuple[str, ...]:
    """Return the key as it is, and as it is written in other languages."""
    return (
        key,
        key,
        key,
        f"Bearer {key}",
        quote(key),
        quote(key, safe=""),
        json.dumps(key)[1:-1],
        html.escape(key),
        base64.b64encode(key.encode()).decode(),
        repr(key)[1:-1],
    )


def _echo(case: Case, said: str, world: World) -> tuple[bytes, list[str]]:
    rng = case.rng
    text = f"Incorrect API key provided: {said}. You can find your key in your settings."
    status = case.one((400, 401, 403, 404, 429, 500, 503, 302, 418))
    error = dumps(case.wire.error(text, case.one(("bad_key", said))))
    framing = case.one(FRAMINGS)
    match rng.randrange(9):
        case 0 | 1:
            data = framed([error], framing, JSON, status=status)
        case 2:
            page = f"<html><title>{text}</title><body>{text}".encode()
            data = framed([page], framing, "text/html", status=status)
        case 3:
            headers = [
                (name, said)
                for name in ("x-request-id", "request-id", "retry-after", "www-authenticate", "x-y")
            ]
            data = framed([error], framing, JSON, status=status, headers=headers)
        case 4:
            where = f"http://127.0.0.1:{world.server.port}/?key={said}"
            data = framed([], "length", status=302, headers=[("location", where)])
        case 5:
            events = [event.frame for event in case.plain().events]
            data = framed([*events[:2], case.wire.fails(error)], framing, case.wire.kind)
        case 6:
            answer = case.plain()
            events = [event.frame for event in answer.events]
            broken = answer.events[0].write("", b'{"' + said.encode())
            data = framed([*events[:2], broken], framing, case.wire.kind)
        case 7:
            line = f"HTTP/1.1 {status} {said}\r\ncontent-length: 0\r\n\r\n"
            return line.encode("latin-1"), ["fin"]
        case _:
            return f"{said}\r\n{said}: {said}\r\n\r\n".encode("latin-1"), ["fin"]
    return data.data, [] if data.keeps else ["fin"]
