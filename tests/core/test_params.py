"""Call parameters: the common ones under every vendor's names, and the vendors' own."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from mirascope.core import Messages

from .asking import ask
from .loopback import Loopback
from .vendors import V1Vendor, each

COMMON = {
    "temperature": 0.5,
    "max_tokens": 9,
    "top_p": 0.4,
    "frequency_penalty": 0.1,
    "presence_penalty": 0.2,
    "seed": 7,
    "stop": "END",
}
# What each wire says for the common parameters.
WIRE: dict[str, dict[str, Any]] = {
    "openai": COMMON,
    "groq": COMMON,
    "xai": COMMON,
    "litellm": COMMON,
    "azure": {**COMMON, "stop": ["END"]},
    "anthropic": {
        "temperature": 0.5,
        "max_tokens": 9,
        "top_p": 0.4,
        "stop_sequences": ["END"],
    },
    "mistral": {
        "temperature": 0.5,
        "max_tokens": 9,
        "top_p": 0.4,
        "random_seed": 7,
        "stop": "END",
    },
    "cohere": {
        "temperature": 0.5,
        "max_tokens": 9,
        "p": 0.4,
        "frequency_penalty": 0.1,
        "presence_penalty": 0.2,
        "seed": 7,
        "stop_sequences": ["END"],
    },
    "google": {
        "temperature": 0.5,
        "maxOutputTokens": 9,
        "topP": 0.4,
        "stopSequences": ["END"],
    },
    "bedrock": {
        "temperature": 0.5,
        "maxTokens": 9,
        "topP": 0.4,
        "stopSequences": ["END"],
    },
}
WIRE["gemini"] = WIRE["vertex"] = WIRE["google"]


# Where a vendor's name of a common parameter is another one.
_GOOGLE = {"max_tokens": "maxOutputTokens", "top_p": "topP", "stop": "stopSequences"}
RENAMED: dict[str, dict[str, str]] = {
    "anthropic": {"stop": "stop_sequences"},
    "mistral": {"seed": "random_seed"},
    "cohere": {"top_p": "p", "stop": "stop_sequences"},
    "google": _GOOGLE,
    "gemini": _GOOGLE,
    "vertex": _GOOGLE,
    "bedrock": {"max_tokens": "maxTokens", "top_p": "topP", "stop": "stopSequences"},
}


def sent_params(body: dict[str, Any]) -> dict[str, Any]:
    body = body.get("generationConfig") or body.get("inferenceConfig") or body
    left_out = {"model", "messages", "stream", "message", "contents", "generationConfig"}
    return {
        key: round(value, 6) if isinstance(value, float) else value
        for key, value in body.items()
        if key not in left_out
    }


@each()
def test_common_params(vendor: V1Vendor, loopback: Loopback) -> None:
    response = ask(vendor, call_params=COMMON)
    assert sent_params(loopback.last.body) == WIRE[vendor.name]
    assert response.call_params == COMMON


@each("anthropic")
def test_anthropic_default_with_native_params(vendor: V1Vendor, loopback: Loopback) -> None:
    ask(vendor, call_params={"temperature": 0.5, "top_k": 3})
    assert sent_params(loopback.last.body) == {"max_tokens": 1024, "temperature": 0.5, "top_k": 3}
    assert ask(vendor).call_params == {"max_tokens": 1024}


@each("openai")
def test_stream_options_are_kept(vendor: V1Vendor, loopback: Loopback) -> None:
    params = {"stream_options": {"include_obfuscation": False}}
    list(ask(vendor, stream=True, call_params=params))
    assert loopback.last.body["stream_options"] == {
        "include_obfuscation": False,
        "include_usage": True,
    }
    assert params == {"stream_options": {"include_obfuscation": False}}


# Parameters of the vendors' own beside common ones: the dict goes to the SDK as it is.
NATIVE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "openai": (
        {"temperature": 0.5, "user": "u", "reasoning_effort": "low", "max_tokens": None},
        {"temperature": 0.5, "user": "u", "reasoning_effort": "low", "max_tokens": None},
    ),
    "xai": ({"user": "u", "logit_bias": {"1": 2}}, {"user": "u", "logit_bias": {"1": 2}}),
    "litellm": ({"user": "u", "stop": ["x"]}, {"user": "u", "stop": ["x"]}),
    "groq": ({"user": "u", "seed": 7}, {"user": "u", "seed": 7}),
    "azure": (
        {"temperature": 0.5, "model_extras": {"extra": 1}},
        {"temperature": 0.5, "extra": 1},
    ),
    "anthropic": (
        {"top_k": 3, "stop_sequences": ["x"]},
        {"max_tokens": 1024, "top_k": 3, "stop_sequences": ["x"]},
    ),
    "mistral": (
        {"safe_prompt": True, "random_seed": 3},
        {"safe_prompt": True, "random_seed": 3},
    ),
    "cohere": ({"k": 3, "p": 0.5}, {"k": 3, "p": 0.5}),
    "gemini": (
        {"generation_config": {"temperature": 0.5, "top_k": 3}},
        {"temperature": 0.5, "topK": 3},
    ),
    "vertex": (
        {"generation_config": {"temperature": 0.5, "seed": 3}},
        {"temperature": 0.5, "seed": 3},
    ),
    "google": (
        {"config": {"temperature": 0.5, "top_k": 3, "seed": 7}},
        {"temperature": 0.5, "topK": 3, "seed": 7},
    ),
    "bedrock": (
        {"inferenceConfig": {"topP": 0.5}, "additionalModelRequestFields": {"k": 3}},
        {"topP": 0.5},
    ),
}


@each()
def test_native_params(vendor: V1Vendor, loopback: Loopback) -> None:
    given, expected = copy.deepcopy(NATIVE[vendor.name])
    response = ask(vendor, call_params=given)
    sent = sent_params(loopback.last.body)
    assert {key: value for key, value in sent.items() if value is not None} == {
        key: value for key, value in expected.items() if value is not None
    }
    assert given == NATIVE[vendor.name][0]
    assert response.call_params == given
    if vendor.name == "bedrock":
        assert loopback.last.body["additionalModelRequestFields"] == {"k": 3}


@each()
@pytest.mark.parametrize("name", sorted(COMMON))
def test_one_common_param(vendor: V1Vendor, loopback: Loopback, name: str) -> None:
    """Each parameter alone: what a vendor has no word for leaves nothing behind."""
    value: Any = ["A", "B"] if name == "stop" else COMMON[name]
    renamed = {**dict.fromkeys(COMMON), **RENAMED.get(vendor.name, {})}[name] or name
    ask(vendor, call_params={name: value})
    plain = {"max_tokens": 1024} if vendor.name == "anthropic" else {}
    known = renamed in WIRE[vendor.name]
    assert sent_params(loopback.last.body) == {**plain, **({renamed: value} if known else {})}


@each()
def test_dynamic_params_go_over_the_decorator_s(vendor: V1Vendor, loopback: Loopback) -> None:
    given, dynamic = {"temperature": 0.1, "top_p": 0.4}, {"temperature": 0.9, "max_tokens": 9}
    kept = copy.deepcopy((given, dynamic))

    @vendor.module().call(vendor.model, call_params=given)
    def question(own: bool) -> dict[str, Any]:
        return {"messages": ["Hi"], **({"call_params": dynamic} if own else {})}

    question(True)
    question(False)
    name = {**dict.fromkeys(COMMON), **RENAMED.get(vendor.name, {})}
    first, second = (sent_params(seen.body) for seen in loopback.seen)
    top_p, max_tokens = name["top_p"] or "top_p", name["max_tokens"] or "max_tokens"
    assert first == {"temperature": 0.9, top_p: 0.4, max_tokens: 9}
    second.pop("max_tokens", None)
    assert second == {"temperature": 0.1, top_p: 0.4}
    assert (given, dynamic) == kept


@each("google")
@pytest.mark.parametrize("turned", [False, True])
def test_common_and_native_params_are_merged_where_both_are_put(
    vendor: V1Vendor, loopback: Loopback, turned: bool
) -> None:
    given: list[Any] = [{"temperature": 0.5, "top_p": 0.1}, {"config": {"top_k": 3, "top_p": 0.2}}]
    fixed, dynamic = reversed(given) if turned else given

    @vendor.module().call(vendor.model, call_params=fixed)
    def question() -> dict[str, Any]:
        return {"messages": [Messages.User("Hi")], "call_params": dynamic}

    question()
    sent = loopback.last.body["generationConfig"]
    assert sent == {"temperature": 0.5, "topK": 3, "topP": 0.1 if turned else 0.2}


@each("anthropic")
def test_anthropic_default_under_dynamic_params(vendor: V1Vendor, loopback: Loopback) -> None:
    @vendor.module().call(vendor.model, call_params={"temperature": 0.5})
    def question() -> dict[str, Any]:
        return {"messages": ["Hi"], "call_params": {"top_k": 3}}

    question()
    assert sent_params(loopback.last.body) == {"max_tokens": 1024, "temperature": 0.5, "top_k": 3}
