"""A parameter that a wire has no word for is left out, and the log says so: once each, in order.

Section 4.1 of the contract: as many warnings as parameters, those of sampling first, thinking last.
The sentence is our own; the parameter, its value, the provider and the model are in it.
"""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from mirascope import llm
from tests.llm.conftest import Colour
from tests.loopback import Reply, Server

EVERYTHING: dict[str, Any] = {
    "thinking": {"level": "high"},
    "stop_sequences": ["END"],
    "seed": 7,
    "top_k": 3,
    "top_p": 0.9,
    "max_tokens": 100,
    "temperature": 0.5,
}

# What is left out: sections 6.4, 7.4, 8.5 and 9.4, and what the models' own pages say beyond those.
SKIPPED: dict[tuple[str, str], list[str]] = {
    ("openai", "gpt-4o:completions"): ["top_k", "thinking"],
    ("openai", "o3:completions"): ["temperature", "top_p", "stop_sequences", "top_k"],
    ("openai", "gpt-4o:responses"): ["top_k", "seed", "stop_sequences", "thinking"],
    ("openai", "o3:responses"): ["temperature", "top_p", "top_k", "seed", "stop_sequences"],
    ("anthropic", "claude-3-5-haiku-latest"): ["seed", "thinking"],
    ("google", "gemini-2.5-flash"): [],
    ("google", "gemini-2.0-flash"): ["thinking"],
    ("ollama", "m"): ["top_k"],
    ("together", "m"): ["top_k", "thinking"],
}


@pytest.mark.parametrize(("provider", "name"), SKIPPED, ids=lambda value: str(value))
@pytest.mark.parametrize("streaming", [False, True])
def test_what_is_left_out_is_told(
    colour: Colour,
    caplog: pytest.LogCaptureFixture,
    provider: str,
    name: str,
    streaming: bool,
) -> None:
    model = llm.Model(f"{provider}/{name}", **EVERYTHING)
    with Server() as server, caplog.at_level(logging.WARNING):
        server.route("*", Reply(status=418, body=b"{}"))
        llm.register_provider(provider, base_url=server.url("").rstrip("/"), api_key="k")
        ask = colour.read if streaming else colour.call
        with pytest.raises(llm.APIError):
            ask(model, "hi")
        [request] = server.requests
    told = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert told == [
        (
            "WARNING",
            f"Skipping unsupported parameter: {skipped}={EVERYTHING[skipped]} "
            f"(provider: {provider}, model: {provider}/{name})",
        )
        for skipped in SKIPPED[provider, name]
    ]
    assert {record.name.partition(".")[0] for record in caplog.records} <= {"mirascope"}
    sent = json.dumps(json.loads(request.body))
    assert ("0.5" in sent) is ("temperature" not in SKIPPED[provider, name])
    assert ("END" in sent) is ("stop_sequences" not in SKIPPED[provider, name])


def test_a_parameter_that_is_none_is_absent(
    colour: Colour, caplog: pytest.LogCaptureFixture
) -> None:
    with Server() as server, caplog.at_level(logging.WARNING):
        server.route("*", Reply(status=418, body=b"{}"))
        llm.register_provider("openai", base_url=server.url("").rstrip("/"), api_key="k")
        nothing: dict[str, Any] = dict.fromkeys(EVERYTHING)
        with pytest.raises(llm.APIError):
            colour.call(llm.Model("openai/gpt-4o:responses", **nothing), "hi")
        assert json.loads(server.requests[0].body).keys() == {"model", "input"}
    assert caplog.records == []
