"""Section 1 of the contract, beyond what ``tests/llm/providers/test_registry.py`` shows.

Scopes that nobody registered, one at a time; which key each wants; what the errors say. There is no
Mirascope Router here, so nothing falls back to it, and no MLX.
"""

from __future__ import annotations

import pytest

from mirascope import llm
from mirascope.llm.providers import get_provider_for_model
from tests.llm.conftest import Colour
from tests.loopback import Reply, Server

# Section 1.4: default scope, provider, key.
DEFAULTS: dict[str, tuple[str, str | None]] = {
    "anthropic/": ("anthropic", "ANTHROPIC_API_KEY"),
    "google/": ("google", "GOOGLE_API_KEY"),
    "openai/": ("openai", "OPENAI_API_KEY"),
    "together/": ("together", "TOGETHER_API_KEY"),
    "ollama/": ("ollama", None),
    "minimax/": ("minimax", "MINIMAX_API_KEY"),
    "openrouter/": ("openrouter", "OPENROUTER_API_KEY"),
    "atlascloud/": ("atlascloud", "ATLASCLOUD_API_KEY"),
    "requesty/": ("requesty", "REQUESTY_API_KEY"),
    "cheaperinference/": ("cheaperinference", "CHEAPER_INFERENCE_API_KEY"),
    "xai/": ("xai", "XAI_API_KEY"),
    "api-route/": ("api-route", "API_ROUTE_API_KEY"),
}
WITH_KEY = [scope for scope, (_, key) in DEFAULTS.items() if key is not None]


@pytest.mark.parametrize("scope", DEFAULTS)
def test_a_default_scope_stands_for_itself_alone(scope: str) -> None:
    provider = get_provider_for_model(f"{scope}m")
    assert provider.id == DEFAULTS[scope][0]
    for other in DEFAULTS.keys() - {scope}:
        assert get_provider_for_model(f"{other}m") is not provider


def test_a_part_of_a_default_scope_may_be_anothers() -> None:
    mine = llm.register_provider("openai:completions", scope="openai/mine-")
    assert get_provider_for_model("openai/mine-1") is mine
    assert get_provider_for_model("openai/gpt-5").id == "openai"
    assert get_provider_for_model("anthropic/claude").id == "anthropic"


@pytest.mark.parametrize("scope", WITH_KEY)
@pytest.mark.parametrize("empty", [False, True])
def test_a_key_that_is_missing(
    colour: Colour, scope: str, empty: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty variable is none: the contract (14.2, 28) has it fail later, and worse."""
    id, key = DEFAULTS[scope]
    assert key is not None
    if empty:
        monkeypatch.setenv(key, "")
    model = llm.Model(f"{scope}m")  # which needs no key yet, nor does the provider
    with pytest.raises(llm.MissingAPIKeyError) as caught:
        colour.call(model, "hi")
    assert (caught.value.provider_id, caught.value.env_var) == (id, key)
    text = str(caught.value)
    assert id in text
    assert f"set {key}" in text
    assert "llm.register_provider" in text


@pytest.mark.parametrize("scope", WITH_KEY)
def test_a_key_is_looked_up_when_it_is_used(
    colour: Colour, scope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The contract's providers keep the first they saw until they are reset (1.5)."""
    id, key = DEFAULTS[scope]
    assert key is not None
    with Server() as server:
        server.route("*", Reply(status=418, body=b"{}"))
        llm.register_provider(id, base_url=server.url("").rstrip("/"))
        for value in ("first-key", "second-key"):
            monkeypatch.setenv(key, value)
            with pytest.raises(llm.APIError):
                colour.call(llm.Model(f"{scope}m"), "hi")
            assert value in " ".join(server.requests[-1].headers.values())


@pytest.mark.parametrize("model_id", ["nobody/m", "no-slash", "", "OpenAI/m", "openai"])
def test_nobody_is_registered(model_id: str) -> None:
    with pytest.raises(llm.NoRegisteredProviderError) as caught:
        get_provider_for_model(model_id)
    assert caught.value.model_id == model_id
    assert f"'{model_id}'" in str(caught.value)
    assert "llm.register_provider" in str(caught.value)


@pytest.mark.parametrize("id", ["openai:completions", "openai:responses"])
def test_a_wire_may_be_chosen_by_its_id(id: str) -> None:
    assert llm.register_provider(id).id == id
    assert get_provider_for_model("openai/gpt-5").id == id


def test_a_reset_forgets_registrations_and_defaults() -> None:
    default = get_provider_for_model("openai/m")
    llm.register_provider("ollama", scope="mine/")
    llm.reset_provider_registry()
    assert get_provider_for_model("openai/m") is not default
    with pytest.raises(llm.NoRegisteredProviderError):
        get_provider_for_model("mine/m")
