"""Settings that cannot be meant are refused with an error that says which."""

from __future__ import annotations

from typing import Any

import pytest

from mirascope import llm
from tests.loopback import Reply, Server

from .answers import ANSWERS
from .conftest import Colour


@pytest.mark.parametrize(
    "thinking", [{"include_thoughts": True}, {}, {"level": "hgih"}, "high", True]
)
@pytest.mark.parametrize("provider", ["openai", "anthropic", "google"])
def test_thinking_needs_a_level(provider: str, thinking: Any) -> None:
    with pytest.raises(ValueError, match="needs a level"):
        llm.Model(f"{provider}/model", thinking=thinking)


@pytest.mark.parametrize("phase", ["connect", "first_content", "idle", "total"])
@pytest.mark.parametrize("seconds", [10**400, 10**5000], ids=["large", "huge"])
def test_a_timeout_that_no_clock_reaches(phase: str, seconds: int) -> None:
    with pytest.raises(ValueError, match=f"Timeout.{phase} is too long"):
        llm.Timeout(**{phase: seconds})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize(
    "header",
    ["Content-Length", "transfer-encoding", "Host", "connection", "a\r\nb", "a: b", "", "\u00e9"],
)
def test_headers_that_cannot_be_set(colour: Colour, name: str, header: str) -> None:
    answer = ANSWERS[name]
    llm.register_provider(answer.provider, scope="my/", base_url="http://127.0.0.1:9")
    model = llm.Model(answer.model_id, extra_headers={header: "secret-value"})
    with pytest.raises(ValueError, match="extra_headers") as raised:
        colour.read(model, "hi")
    assert "secret-value" not in str(raised.value)


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("where", ["key", "header"])
def test_line_ends_in_keys_and_headers(colour: Colour, name: str, where: str) -> None:
    answer = ANSWERS[name]
    secret = "abcdefgh\r\nx-injected: 1"
    with Server() as server:
        server.route(answer.path, Reply(body=list(answer.events)))
        key = secret if where == "key" else "key"
        llm.register_provider(
            answer.provider, scope="my/", base_url=server.url("").rstrip("/"), api_key=key
        )
        headers = {"x-mine": secret} if where == "header" else {}
        model = llm.Model(answer.model_id, extra_headers=headers)
        with pytest.raises(ValueError, match="cannot be sent") as raised:
            colour.read(model, "hi")
        assert "abcdefgh" not in str(raised.value)
        assert server.requests == []


def test_a_header_needs_text(colour: Colour) -> None:
    model = llm.Model("openai/gpt-5", extra_headers={"x-mine": 5})  # type: ignore[dict-item]
    with llm.testing.simulate(["hi"]), pytest.raises(ValueError, match="needs text for 'x-mine'"):
        colour.read(model, "hi")
