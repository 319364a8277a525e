"""Counts of tokens that no answer has."""

from __future__ import annotations

import json
import logging

import pytest

from mirascope import llm
from tests.loopback import Reply, Server


@pytest.mark.parametrize("count", [-1, 2**63, 10**400], ids=["below zero", "beyond", "far beyond"])
def test_a_count_that_cannot_be_is_none(count: int, caplog: pytest.LogCaptureFixture) -> None:
    """The log of a stream divides by it, which floats cannot."""
    caplog.set_level(logging.DEBUG, "mirascope")
    usage = {"prompt_tokens": 7, "completion_tokens": count}
    choice = {"index": 0, "delta": {"content": "Two words."}, "finish_reason": "stop"}
    events: list[dict[str, object]] = [
        {"choices": [choice]},
        {"choices": [], "usage": usage},
    ]
    body = b"".join(b"data: %s\n\n" % json.dumps(event).encode() for event in events)
    with Server() as server:
        server.route("*", Reply(body=body, headers={"content-type": "text/event-stream"}))
        llm.register_provider(
            "openai:completions", "openai/", api_key="key", base_url=server.url("/v1")
        )
        stream = llm.Model("openai/gpt-4o").stream("Hi")
        stream.finish()
    llm.reset_provider_registry()
    assert stream.usage is not None
    assert (stream.usage.input_tokens, stream.usage.output_tokens) == (7, 0)
