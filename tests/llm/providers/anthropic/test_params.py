"""Parameters of the Messages wire, and which go together."""

from __future__ import annotations

from typing import Any

import pytest

from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.providers.anthropic.codec import AnthropicCodec
from mirascope.llm.providers.anthropic.models import capabilities
from tests.llm.providers.traffic import body_of, request

CODEC = AnthropicCodec()


def sent(model: str, **params: Any) -> tuple[dict[str, Any], list[str]]:
    """Return the body without what is always there, and the parameters skipped."""
    asked = request(f"anthropic/{model}", **params)
    body = body_of(CODEC, asked)
    del body["model"], body["messages"]
    return body, [warning.partition("=")[0] for warning in asked.warnings]


@pytest.mark.parametrize(
    ("level", "max_tokens", "thinking", "limit"),
    [
        ("none", None, {"type": "disabled"}, 16000),
        ("default", None, None, 16000),
        ("minimal", None, {"type": "enabled", "budget_tokens": 1024}, 16000),
        ("low", None, {"type": "enabled", "budget_tokens": 3200}, 16000),
        ("medium", None, {"type": "enabled", "budget_tokens": 6400}, 16000),
        ("high", None, {"type": "enabled", "budget_tokens": 9600}, 16000),
        ("max", None, {"type": "enabled", "budget_tokens": 12800}, 16000),
        ("low", 1000, {"type": "enabled", "budget_tokens": 1024}, 2024),
        ("low", 1024, {"type": "enabled", "budget_tokens": 1024}, 2048),
        ("max", 1025, {"type": "enabled", "budget_tokens": 1024}, 1025),
    ],
)
def test_budgets(
    level: str, max_tokens: int | None, thinking: dict[str, Any] | None, limit: int
) -> None:
    body, skipped = sent("claude-sonnet-4-6", thinking={"level": level}, max_tokens=max_tokens)
    assert body.get("thinking") == thinking
    assert body["max_tokens"] == limit
    assert not skipped


@pytest.mark.parametrize("level", ["none", "minimal", "low", "medium", "high", "max"])
@pytest.mark.parametrize("max_tokens", [1, 500, 1024, 1025, 1300, 5000, 64_000])
def test_a_budget_always_leaves_room_for_the_answer(level: str, max_tokens: int) -> None:
    body, _ = sent("claude-3-7-sonnet-latest", thinking={"level": level}, max_tokens=max_tokens)
    budget = body["thinking"].get("budget_tokens", 0)
    assert budget < body["max_tokens"]
    assert budget == 0 or budget >= 1024


@pytest.mark.parametrize(
    ("level", "effort"),
    [
        *(("default", "medium"), ("minimal", "low"), ("low", "low")),
        *(("medium", "medium"), ("high", "high"), ("max", "max")),
    ],
)
def test_efforts(level: str, effort: str) -> None:
    body, _ = sent("claude-opus-4-10", thinking={"level": level})
    assert body["thinking"] == {"type": "adaptive"}
    assert body["output_config"] == {"effort": effort}
    body, _ = sent("claude-opus-4-7", thinking={"level": level, "include_thoughts": True})
    assert body["thinking"] == {"type": "adaptive", "display": "summarized"}


def test_thinking_that_cannot_be_switched_off() -> None:
    assert sent("claude-opus-5", thinking={"level": "none"})[0]["thinking"] == {"type": "disabled"}
    for model in ("claude-opus-5-5", "claude-fable-5", "claude-mythos-preview"):
        with pytest.raises(FeatureNotSupportedError) as caught:
            sent(model, thinking={"level": "none"})
        assert caught.value.feature == "thinking level 'none'"


def test_models_that_cannot_think() -> None:
    body, skipped = sent("claude-3-5-haiku-latest", thinking={"level": "high"})
    assert "thinking" not in body
    assert skipped == ["thinking"]
    assert sent("claude-3-5-haiku-latest", thinking={"level": "none"})[1] == []


ALL = {"temperature": 0.5, "top_p": 0.9, "top_k": 5, "stop_sequences": ("x",), "seed": 1}


@pytest.mark.parametrize(
    ("model", "params", "kept", "skipped"),
    [
        ("claude-3-5-haiku-latest", ALL, {"temperature", "top_p", "top_k"}, {"seed"}),
        ("llama-3", ALL, {"temperature", "top_p", "top_k"}, {"seed"}),
        ("claude-sonnet-4-5", ALL, {"temperature", "top_k"}, {"seed", "top_p"}),
        ("claude-sonnet-4-5", {"top_p": 0.5}, {"top_p"}, set()),
        ("claude-opus-4-7", ALL, set(), {"seed", "temperature", "top_p", "top_k"}),
        ("claude-opus-4-7", {"temperature": 1, "top_p": 1.0}, set(), set()),
        (
            "claude-sonnet-4-5",
            {**ALL, "thinking": {"level": "low"}},
            set(),
            {"seed", "temperature", "top_p", "top_k"},
        ),
        (
            "claude-sonnet-4-5",
            {"top_p": 0.97, "thinking": {"level": "low"}},
            {"top_p"},
            set(),
        ),
    ],
)
def test_sampling(model: str, params: dict[str, Any], kept: set[str], skipped: set[str]) -> None:
    body, warned = sent(model, **params)
    assert body.keys() & {"temperature", "top_p", "top_k"} == kept
    assert set(warned) == skipped
    assert body.get("stop_sequences") == (["x"] if "stop_sequences" in params else None)
    assert "seed" not in body


@pytest.mark.parametrize(
    ("name", "strict", "thinking", "adaptive", "always"),
    [
        ("claude-2.1", False, False, False, False),
        ("claude-instant-1.2", False, False, False, False),
        ("claude-3-opus-20240229", False, False, False, False),
        ("claude-3-5-haiku-latest", False, False, False, False),
        ("claude-3-7-sonnet-20250219", False, True, False, False),
        ("claude-sonnet-4-20250514", False, True, False, False),
        ("claude-opus-4-0", False, True, False, False),
        ("claude-opus-4-1-20250805", True, True, False, False),
        ("claude-haiku-4-5@20251001", True, True, False, False),
        ("us.anthropic.claude-sonnet-4-6-v1:0", True, True, False, False),
        ("claude-opus-4-7", True, True, True, False),
        ("claude-opus-4-10", True, True, True, False),
        ("claude-sonnet-5", True, True, True, False),
        ("claude-opus-5-5", True, True, True, True),
        ("claude-haiku-12-1-20300101", True, True, True, True),
        ("claude-mythos-preview", True, True, True, True),
        ("qwen3-32b", False, True, False, False),
    ],
)
def test_models(name: str, strict: bool, thinking: bool, adaptive: bool, always: bool) -> None:
    can = capabilities(name)
    assert (can.strict, can.thinking, can.adaptive, can.always_thinks) == (
        *(strict, thinking, adaptive, always),
    )
