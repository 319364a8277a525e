"""What a program of the first day gets wrong, and what it is told."""

from __future__ import annotations

from typing import Any

import pytest

from mirascope import llm

MODEL: Any = llm.Model


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("api_key", "llm.register_provider"),
        ("base_url", r"llm\.register_provider.*base_url="),
        ("response_model", "format="),
        ("stream", r"\.stream\("),
        ("tools", "tools="),
        ("system_prompt", r"llm\.messages\.system"),
        ("reasoning_effort", r"thinking.*\{\"level\": \"high\"\}"),
        ("max_output_tokens", "max_tokens"),
        ("stop", "stop_sequences"),
        ("temprature", "Did you mean 'temperature'"),
        ("logprobs", "extra_body"),
    ],
)
def test_a_parameter_that_goes_elsewhere(name: str, hint: str) -> None:
    with pytest.raises(TypeError, match=hint) as raised:
        MODEL("openai/gpt-5-mini", **{name: "sk-secret"})
    assert "sk-secret" not in str(raised.value)
    assert ("extra_body" in str(raised.value)) is (name in ("temprature", "logprobs"))


@pytest.mark.parametrize("wrong", [5, None, b"openai/x", ["openai/x"]])
def test_what_is_no_model_id(wrong: Any) -> None:
    with pytest.raises(TypeError, match="A model is named by its id"):
        MODEL(wrong)


def test_call_without_a_model() -> None:
    call: Any = llm.call
    with pytest.raises(TypeError, match=r"@llm\.call\(\"openai/gpt-5-mini\"\)"):

        @call
        def ask() -> str:
            return "hi"


@pytest.mark.parametrize(
    ("model_id", "meant"),
    [("opnai/gpt-5", "openai/gpt-5"), ("antropic/claude", "anthropic/claude"), ("zzz/x", None)],
)
def test_a_misspelt_provider(model_id: str, meant: str | None) -> None:
    with pytest.raises(llm.NoRegisteredProviderError) as raised:
        llm.Model(model_id).call("hi")
    assert ("Did you mean" in str(raised.value)) is bool(meant)
    assert meant is None or f"'{meant}'" in str(raised.value)


def test_an_argument_of_the_wrong_place() -> None:
    model: Any = llm.Model("openai/gpt-5-mini")
    with pytest.raises(TypeError, match="Unknown argument 'temperature'"):
        model.call("hi", temperature=1)
