"""Packed bodies: right, wrong, cut, and packed into nothing."""

from __future__ import annotations

import gzip
import zlib

from attack.answers import dumps
from attack.caller import ask
from attack.case import Case, Fault
from attack.families.endings import expect_clean
from attack.families.malformed import changed
from attack.http import JSON, framed, pack, pieces_of
from attack.judge import judge, judge_text
from attack.world import World

__all__ = ["run"]


def run(world: World, case: Case) -> None:
    """Gzip and deflate in any number of members, unknown names, changed, cut and endless ones."""
    rng = case.rng
    answer = case.plain()
    if case.streamed:
        body, kind = b"".join(event.frame for event in answer.events), case.wire.kind
    else:
        body, kind = dumps(answer.whole), JSON
    good = case.turn % 2 == 0
    framing = case.one(("length", "chunked", "close"))
    if good:
        name, packed = case.one(
            (
                ("gzip", pack(body, "gzip")),
                ("GZIP", pack(body, "gzip")),
                ("x-gzip", pack(body, "gzip")),
                ("gzip", pack(body[:20], "gzip") + pack(body[20:], "gzip")),
                ("deflate", pack(body, "deflate")),
                ("deflate", pack(body, "raw")),
                ("identity", body),
                ("", body),
            )
        )
    else:
        name, packed = case.one(
            (
                ("gzip", changed(pack(body, "gzip"), rng)),
                ("deflate", changed(pack(body, "deflate"), rng)),
                ("gzip", pack(body, "gzip")[: rng.randrange(20 + len(body) // 3)]),
                ("gzip", body),
                ("deflate", body),
                ("gzip", b""),
                ("gzip, gzip", pack(pack(body, "gzip"), "gzip")),
                ("br", body),
                ("unknown", body),
                ("gzip", pack(body, "gzip") + b"junk"),
                ("gzip", gzip.compress(b" " * 3_000_000, 9)),
                ("deflate", zlib.compress(b": x\n" * 500_000, 9)),
            )
        )
    data = framed(pieces_of(packed, rng), framing, kind, headers=[("content-encoding", name)])
    ends = [] if data.keeps else ["fin"]
    world.plan(case.id, [data.data, *ends])  # type: ignore[list-item]
    outcome = ask(world, case)
    judge(world, case, outcome)
    judge_text(outcome, answer)
    if good and outcome.state != "complete":
        raise Fault(f"{name!r} ends with {outcome.error!r}")
    expect_clean(world, case)
