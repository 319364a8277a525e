"""Answers that are errors, of every status and in every form."""

from __future__ import annotations

import json
from typing import Any

from attack.caller import ask
from attack.case import Case, Fault
from attack.families.endings import expect_clean
from attack.families.types import strange
from attack.http import EVENTS, FRAMINGS, JSON, framed
from attack.judge import judge
from attack.wires import WIRES
from attack.world import World
from mirascope import llm

__all__ = ["run"]

CLASSES: dict[int, type[llm.APIError]] = {
    400: llm.BadRequestError,
    401: llm.AuthenticationError,
    403: llm.PermissionError,
    404: llm.NotFoundError,
    409: llm.BadRequestError,
    413: llm.BadRequestError,
    422: llm.BadRequestError,
    429: llm.RateLimitError,
}
STATUSES = (*CLASSES, 300, 301, 302, 304, 307, 308, 402, 405, 408, 410, 418, 451, 499)
SERVER = (500, 501, 502, 503, 504, 520, 529, 530, 599)
RETRY_AFTER = (
    "1",
    "0",
    "-5",
    "1.5",
    "inf",
    "nan",
    "1e11",
    "9" * 400,
    "soon",
    "",
    "Wed, 21 Oct 2099 07:28:00 GMT",
    "Wed, 21 Oct 9999 07:28:00 GMT",
    "Wed, 99 Foo 2015",
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "1,2",
    "\u00b2",
)


def run(world: World, case: Case) -> None:
    """Every status with JSON, HTML, text or nothing; wrong types in each field of an error."""
    rng = case.rng
    status = case.one((*STATUSES, *SERVER, rng.randrange(200, 600)))
    content_type, body = _body(case)
    headers = [
        (case.one(("retry-after", "retry-after-ms", "Retry-After")), case.one(RETRY_AFTER)),
        (
            case.one(("x-request-id", "request-id", "x-goog-request-id")),
            case.one(("r1", "\xe9", "")),
        ),
    ]
    if 300 <= status < 400:
        port = world.server.port
        places = (
            "/",
            "",
            "//",
            f"http://127.0.0.1:{port}/other",
            "http://[::1/",
            "ftp://x",
            "\xe9",
        )
        headers.append(("location", case.one(places)))
    data = framed(
        [body] if body else [], case.one(FRAMINGS), content_type, status=status, headers=headers
    )
    if status in (204, 304) and rng.randrange(2):
        data = framed([], "length", content_type, status=status, headers=headers)
    ends = [] if data.keeps and status not in (204, 304) else ["fin"]
    world.plan(case.id, [data.data, *ends])  # type: ignore[list-item]
    outcome = ask(world, case)
    judge(world, case, outcome)
    _judge_class(status, outcome.error)
    expect_clean(world, case)


def _judge_class(status: int, error: BaseException | None) -> None:
    if 200 <= status < 300:
        return  # whatever the body makes of it
    if not isinstance(error, llm.ProviderError):
        raise Fault(f"{status} is {error!r}")
    if isinstance(error, llm.ConnectionError | llm.ResponseValidationError):
        if status in (204, 304):
            return
        raise Fault(f"{status} is {error!r}")
    if not isinstance(error, llm.APIError):
        return  # a gateway's timeout
    if error.status_code != status:
        raise Fault(f"{status} is {error!r} with status {error.status_code}")
    expected = llm.ServerError if status >= 500 else CLASSES.get(status, llm.APIError)
    if not isinstance(error, expected):
        raise Fault(f"{status} is {error!r}")


def _body(case: Case) -> tuple[str, bytes]:
    rng = case.rng
    wire = case.one((case.wire, *WIRES))
    error: Any = wire.error(case.one(("No.", "", strange(rng))), case.one(("bad", "x" * 3000)))
    said = error.get("error", error)  # where an error is one more object in it
    match rng.randrange(8):
        case 0:
            return JSON, json.dumps(error).encode()
        case 1:
            field = rng.choice(list(said))
            said[field] = strange(rng)
            return JSON, json.dumps(error).encode()
        case 2:
            return JSON, json.dumps(strange(rng)).encode()
        case 3:
            error["error"] = strange(rng)
            return case.one((JSON, "text/plain")), json.dumps(error).encode()
        case 4:
            page = case.one(
                (
                    "<html><head><title>502 Bad Gateway</title></head></html>",
                    "<!DOCTYPE html><TITLE>  \n Sorry </TITLE>",
                    "<title>" * 50,
                    "<!--" * 50,
                    "<html><script>var a = '<title>';</script>",
                )
            )
            return case.one(("text/html", JSON, EVENTS)), page.encode()
        case 5:
            return case.one((JSON, "text/plain", "application/x", EVENTS)), rng.randbytes(
                rng.randrange(60)
            )
        case 6:
            return wire.kind, wire.fails(json.dumps(error).encode())
        case _:
            return JSON, b""
