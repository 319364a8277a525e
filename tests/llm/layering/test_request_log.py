"""One record for each request, for who listens: what it says, and what it never says."""

from __future__ import annotations

import gc
import logging
import subprocess
import sys
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.layering import block_layers
from mirascope.llm.testing import Cut, Status, Turn, TurnRequest, simulate
from tests.llm.layering.ways import Way
from tests.loopback import Reply, Server

MODEL = "openai/gpt-5-mini"
LOGGER = "mirascope.llm.requests"


@pytest.fixture(autouse=True)
def listening(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "mirascope.llm")


def records(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    found = [record for record in caplog.records if record.name == LOGGER]
    assert {record.levelno for record in found} <= {logging.INFO}
    return [dict(record.__dict__["llm"]) for record in found]


def test_a_request_is_one_record(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    usage = llm.Usage(input_tokens=70, output_tokens=9, cache_read_tokens=64, reasoning_tokens=5)
    with simulate([Turn(text="one two three", usage=usage)]):
        way.ask(llm.Model(MODEL))
    [facts] = records(caplog)
    duration, id = facts.pop("duration"), facts.pop("request_id")
    assert duration > 0
    assert len(id) == 16
    if way.stream:
        assert 0 < facts.pop("seconds_per_token") < facts.pop("first_content") <= duration
    else:
        assert facts.pop("first_content") <= duration
    assert facts == {
        "model": MODEL,
        "asked": MODEL,
        "provider": "openai",
        "streamed": way.stream,
        "state": "complete",
        "host": "api.openai.com",
        "status": 200,
        "vendor_request_id": "req_sim1",
        "input_tokens": 70,
        "output_tokens": 9,
        "cache_read_tokens": 64,
        "cache_write_tokens": 0,
        "reasoning_tokens": 5,
    }
    text = caplog.messages[-1]
    assert text.startswith(f"{MODEL} complete in 0.")
    assert text.endswith(f", 70 + 9 tokens, request {id}")


def test_it_says_what_went_wrong_but_not_in_which_words(
    way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    refused = Turn(fault=Status(400, message="what is 'the secret question'?"))
    with simulate([refused]), pytest.raises(llm.BadRequestError, match="the secret question"):
        way.ask(llm.Model(MODEL), "the secret question")
    [facts] = records(caplog)
    assert (facts["state"], facts["error"], facts["status"]) == ("failed", "BadRequestError", 400)
    assert "BadRequestError" in caplog.text
    assert "secret" not in caplog.text + repr(facts)


def test_neither_content_nor_keys_are_in_it(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    with Server() as server:
        body = b'{"error": {"message": "bad key sk-abcdef0123456789 for the tale of whales"}}'
        headers = {"content-type": "application/json", "x-request-id": "req_1"}
        server.route("*", Reply(status=401, headers=headers, body=body))
        url = server.url("/v1?token=t0psecret")
        llm.register_provider("openai", base_url=url, api_key="sk-abcdef0123456789")
        with pytest.raises(llm.AuthenticationError):
            way.ask(llm.Model(MODEL, extra_headers={"x-mine": "h1dden"}), "the tale of whales")
    [facts] = records(caplog)
    assert facts["vendor_request_id"] == "req_1"
    for secret in ("sk-abc", "t0psecret", "h1dden", "whales"):
        assert secret not in caplog.text + repr(facts)


def test_attempts_are_one_request(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    retrying = llm.retry(initial_delay=0, fallback_models=["anthropic/claude-haiku-4-5"])
    script = [*[Turn(fault=Status(500))] * 4, "there"]
    with simulate(script):
        way.ask(llm.Model(MODEL, layers=[retrying]))
    [facts] = records(caplog)
    assert facts["attempts"] == 5
    assert facts["asked"] == MODEL
    assert (facts["provider"], facts["model"]) == ("anthropic", "anthropic/claude-haiku-4-5")


def test_an_answer_that_is_recovered(caplog: pytest.LogCaptureFixture) -> None:
    whole = "From Peninha one sees the sea."

    def go_on(request: TurnRequest) -> str:
        return whole.removeprefix(request.conversation[-1].text)

    with simulate([Turn(text=whole, fault=Cut()), go_on]), llm.recover(initial_delay=0):
        llm.Model("anthropic/claude-haiku-4-5").stream("hi").finish()
    [facts] = records(caplog)
    assert (facts["state"], facts["seams"], facts["attempts"]) == ("complete", 1, 2)


def test_an_answer_from_a_cache(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    with simulate(["once"]), llm.cache():
        way.ask(llm.Model(MODEL))
        way.ask(llm.Model(MODEL))
    first, again = records(caplog)
    assert "cached_at" not in first
    assert again["cached_at"] > 0
    assert "host" not in again


def test_streams_that_nobody_reads_on(caplog: pytest.LogCaptureFixture) -> None:
    model = llm.Model(MODEL)
    with simulate():
        never = model.stream("never read")
        del never
        assert records(caplog) == []
        closed = model.stream("closed early")
        next(closed.text_stream())
        closed.close()
        closed.close()
        assert [facts["state"] for facts in records(caplog)] == ["cancelled"]
        dropped = model.stream("dropped early")
        next(dropped.text_stream())
        del dropped
        gc.collect()
    assert [facts["state"] for facts in records(caplog)] == ["cancelled"] * 2
    assert [facts.get("error") for facts in records(caplog)] == [None] * 2


def test_who_does_not_listen_has_no_layer(caplog: pytest.LogCaptureFixture) -> None:
    assert len(block_layers()) == 1
    caplog.set_level(logging.WARNING, LOGGER)
    assert block_layers() == ()


def test_who_does_not_listen_imports_nothing() -> None:
    code = (
        "import sys; from mirascope import llm\n"
        "with llm.testing.simulate(): llm.Model('openai/gpt-5-mini').call('hi')\n"
        "print([m for m in sys.modules if m.endswith(('account', 'request_log'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
