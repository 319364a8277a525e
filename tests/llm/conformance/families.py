"""The wires, each with a short answer and with a vendor that speaks it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mirascope import llm
from tests.event_frames import event
from tests.llm.answers import ANSWERS, TEXT, Answer
from tests.loopback import Reply, Route, Server

__all__ = ["FAMILIES", "family", "model_at", "streamed", "whole"]


def _converse() -> Answer:
    said = [{"text": TEXT[:9]}, {"text": TEXT[9:]}]
    return Answer(
        "bedrock",
        "my/model",
        "/model/my%2Fmodel/converse-stream",
        (
            event("messageStart", {"role": "assistant"}),
            *[event("contentBlockDelta", {"contentBlockIndex": 0, "delta": d}) for d in said],
            event("contentBlockStop", {"contentBlockIndex": 0}),
            event("messageStop", {"stopReason": "end_turn"}),
            event("metadata", {"usage": {"inputTokens": 5, "outputTokens": 7}}),
        ),
    )


FAMILIES = {**ANSWERS, "converse": _converse()}

family = pytest.mark.parametrize("family", FAMILIES)


def whole(family: str) -> Reply:
    """Return the family's answer, streamed."""
    kind = "application/vnd.amazon.eventstream" if family == "converse" else "text/event-stream"
    return Reply(body=list(FAMILIES[family].events), headers={"content-type": kind})


def streamed(family: str, *events: bytes, **more: Any) -> Reply:
    """Return other events in place of the family's own."""
    return replace(whole(family), body=list(events), **more)


def model_at(
    server: Server, family: str, route: Route, provider: str | None = None, **params: Any
) -> llm.Model:
    """Return a model of a vendor that is at `server`, where `route` answers everything."""
    server.route("*", route)
    llm.register_provider(
        provider or FAMILIES[family].provider,
        scope="my/",
        base_url=server.url("").rstrip("/"),
        api_key="key-of-nobody",
    )
    return llm.Model(FAMILIES[family].model_id, **params)
