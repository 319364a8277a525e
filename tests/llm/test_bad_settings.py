"""Settings that cannot be meant are refused with an error that says which."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest

from mirascope import llm
from tests.loopback import Reply, Server

from .answers import ANSWERS
from .conftest import Colour


@pytest.mark.parametrize(
    "thinking", [{"include_thoughts": True}, {}, {"level": "hgih"}, {"level": None}, {"level": []}]
)
@pytest.mark.parametrize("provider", ["openai", "anthropic", "google"])
def test_thinking_needs_a_level(provider: str, thinking: Any) -> None:
    with pytest.raises(ValueError, match="needs a level"):
        llm.Model(f"{provider}/model", thinking=thinking)


@pytest.mark.parametrize(
    ("thinking", "said"),
    [
        ("high", r"write thinking=\{'level': 'high'\}, not str"),
        ("hgih", r"write thinking=\{'level': 'medium'\}, not str"),
        (True, "not bool"),
        (1024, "not int"),
        (["high"], "not list of str"),
        ({"level": "high", "budget_tokens": 1024}, "thinking has no 'budget_tokens'.*extra_body"),
        ({"level": "high", "include_thoughts": "no"}, r"thinking\['include_thoughts'\].*not str"),
    ],
)
def test_thinking_is_a_level_and_two_switches(thinking: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        llm.Model("openai/gpt-5", thinking=thinking)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("images", "a dict of what the model takes.*not str"),
        (["images"], "not list of str"),
        ({"images": "no"}, r"capabilities\['images'\] takes True or False, not str"),
        ({"image": True}, "capabilities has no 'image', only images, audio"),
    ],
)
def test_capabilities_are_switches(said: Any, error: str) -> None:
    with pytest.raises(TypeError, match=error):
        llm.Model("openai/gpt-5", capabilities=said)


WRONG_TYPES: list[tuple[str, Any, str]] = [
    ("temperature", "0.5", "a number, such as 0.5, not str"),
    ("temperature", True, "a number, such as 0.5, not bool"),
    ("temperature", [0.5], "not list of float"),
    ("top_p", "sk-secret", "a number, such as 0.9, not str"),
    ("top_p", 1j, "not complex"),
    ("top_k", 3.5, "a whole number, such as 40, not float"),
    ("max_tokens", 3.5, "a whole number, such as 1000, not float"),
    ("max_tokens", "1000", "not str"),
    ("max_tokens", True, "not bool"),
    ("seed", 1.0, "a whole number, such as 7, not float"),
    ("stop_sequences", "sk-secret", r"a list of texts, such as \[\"END\"\], not str"),
    ("stop_sequences", ["END", 5], "not list of int, str"),
    ("stop_sequences", {"END"}, "not set"),
    ("timeout", "5", "seconds, such as 30, or an llm.Timeout, not str"),
    ("timeout", True, "not bool"),
    ("timeout", timedelta(seconds=5), "not timedelta"),
    ("timeout", (5, 30), "not tuple of int"),
    ("tool_choice", {"type": "function"}, "the name of a tool, not dict"),
    ("tool_choice", True, "not bool"),
    ("keep_raw", "sk-secret", "True or False, not str"),
    ("extra_body", '{"logprobs": true}', "a dict by name.*, not str"),
    ("extra_body", {1: 2}, "a dict by name.*, not dict"),
    ("extra_headers", [("x-title", "sk-secret")], "a dict by name.*, not list of tuple"),
]


@pytest.mark.parametrize(("name", "value", "said"), WRONG_TYPES)
def test_a_parameter_of_another_type(name: str, value: Any, said: str) -> None:
    settings: Any = {name: value}
    for ask in (llm.Model, llm.model, llm.call, llm.use_model):
        with pytest.raises(TypeError, match=f"^{name} takes .*{said}") as raised:
            ask("openai/gpt-5", **settings)
        assert "sk-secret" not in str(raised.value)


def test_every_parameter_is_checked() -> None:
    assert {name for name, _, _ in WRONG_TYPES} | {"thinking", "capabilities"} == set(
        llm.Params.__annotations__
    )


@pytest.mark.parametrize("name", sorted(llm.Params.__annotations__))
def test_none_stands_for_a_parameter_that_is_not_given(colour: Colour, name: str) -> None:
    settings: Any = {name: None}
    with llm.testing.simulate(["hi"]):
        assert colour.read(llm.Model("openai/gpt-5", **settings), "?").text() == "hi"


@pytest.mark.parametrize("name", ["temperature", "top_p"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_has_not(name: str, value: float) -> None:
    settings: Any = {name: value}
    with pytest.raises(ValueError, match=f"{name} takes a finite number"):
        llm.Model("openai/gpt-5", **settings)


@pytest.mark.parametrize("seconds", [0, -1, math.nan])
def test_a_limit_that_is_none(seconds: float) -> None:
    with pytest.raises(ValueError, match=r"Timeout.total must be a positive number"):
        llm.Model("openai/gpt-5", timeout=seconds)


@pytest.mark.parametrize("phase", ["connect", "first_content", "idle", "total"])
@pytest.mark.parametrize("seconds", ["5", True, timedelta(seconds=5), [5]])
def test_a_limit_of_another_type(phase: str, seconds: Any) -> None:
    limits: Any = {phase: seconds}
    with pytest.raises(TypeError, match=f"Timeout.{phase} takes seconds.*{type(seconds).__name__}"):
        llm.Timeout(**limits)


@pytest.mark.parametrize("seconds", ["5", True])
def test_a_limit_of_another_type_for_a_provider(seconds: Any) -> None:
    with pytest.raises(TypeError, match="takes seconds"):
        llm.register_provider("openai", api_key="key", timeout=seconds)


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
