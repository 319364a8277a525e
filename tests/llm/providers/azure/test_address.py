"""Where a resource's models are, from whatever address people have."""

from __future__ import annotations

import pytest

from mirascope import llm
from mirascope.llm.providers.azure.address import (
    claude_base,
    inference_base,
    locate_claude,
    locate_inference,
    locate_openai,
    openai_base,
)

CHAT, RESPONSES = "/chat/completions", "/responses"
HOST = "https://r.openai.azure.com"
V = "api-version=2024-10-21"


@pytest.mark.parametrize(
    ("given", "chat", "responses"),
    [
        (HOST, f"{HOST}/openai/v1", f"{HOST}/openai/v1"),
        (f"{HOST}/", f"{HOST}/openai/v1", f"{HOST}/openai/v1"),
        (f"{HOST}/openai/", f"{HOST}/openai/v1", f"{HOST}/openai/v1"),
        (f"{HOST}/openai/v1/", f"{HOST}/openai/v1", f"{HOST}/openai/v1"),
        (
            f"{HOST}/openai/v1?api-version=preview",
            f"{HOST}/openai/v1?api-version=preview",
            f"{HOST}/openai/v1?api-version=preview",
        ),
        (f"{HOST}?{V}", f"{HOST}/openai/deployments/my%2Fgpt?{V}", f"{HOST}/openai?{V}"),
        (f"{HOST}/openai?{V}", f"{HOST}/openai/deployments/my%2Fgpt?{V}", f"{HOST}/openai?{V}"),
        (
            f"{HOST}/openai/deployments/one?{V}",
            f"{HOST}/openai/deployments/one?{V}",
            f"{HOST}/openai?{V}",
        ),
        (
            f"https://gateway.test/a/openai?{V}&code=1",
            f"https://gateway.test/a/openai/deployments/my%2Fgpt?{V}&code=1",
            f"https://gateway.test/a/openai?{V}&code=1",
        ),
        ("https://gateway.test/a", "https://gateway.test/a", "https://gateway.test/a"),
    ],
)
def test_azure_openai(given: str, chat: str, responses: str) -> None:
    assert openai_base(given, CHAT, "my/gpt:completions") == chat
    assert openai_base(given, RESPONSES, "my/gpt:responses") == responses


PREVIEW = "api-version=2024-05-01-preview"
FOUNDRY = "https://r.services.ai.azure.com"


@pytest.mark.parametrize(
    ("given", "base"),
    [
        (FOUNDRY, f"{FOUNDRY}/models?{PREVIEW}"),
        (f"{FOUNDRY}/models", f"{FOUNDRY}/models?{PREVIEW}"),
        (f"{FOUNDRY}/models?api-version=x", f"{FOUNDRY}/models?api-version=x"),
        (f"{FOUNDRY}/models?code=1", f"{FOUNDRY}/models?code=1&{PREVIEW}"),
        ("https://m.eu.models.ai.azure.com", f"https://m.eu.models.ai.azure.com?{PREVIEW}"),
        (f"{FOUNDRY}/openai/v1/", f"{FOUNDRY}/openai/v1"),
    ],
)
def test_model_inference(given: str, base: str) -> None:
    assert inference_base(given, CHAT, "m") == base


@pytest.mark.parametrize("given", ["", "/", "/models", "/anthropic", "/anthropic/"])
def test_claude(given: str) -> None:
    assert claude_base(FOUNDRY + given, "/v1/messages", "m") == f"{FOUNDRY}/anthropic"


def test_claude_behind_a_gateway() -> None:
    gateway = "https://gateway.test/claude"
    assert claude_base(f"{gateway}?a=b", "/v1/messages", "m") == f"{gateway}?a=b"


SETTINGS = ("AZURE_OPENAI_ENDPOINT", "OPENAI_API_VERSION", "AZURE_INFERENCE_ENDPOINT")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*SETTINGS, "ANTHROPIC_FOUNDRY_RESOURCE"):
        monkeypatch.delenv(name, raising=False)


def test_the_environment_names_the_resource(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", f" {HOST}/ ")
    assert locate_openai() == f"{HOST}/"
    monkeypatch.setenv("OPENAI_API_VERSION", "2024-10-21")
    assert locate_openai() == f"{HOST}/?{V}"
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", f"{HOST}?api-version=other")
    assert locate_openai() == f"{HOST}?api-version=other"
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", f"{HOST}/openai/v1")
    assert locate_openai() == f"{HOST}/openai/v1"
    monkeypatch.setenv("AZURE_INFERENCE_ENDPOINT", FOUNDRY)
    assert locate_inference() == locate_claude() == FOUNDRY
    monkeypatch.setenv("ANTHROPIC_FOUNDRY_RESOURCE", "another")
    assert locate_claude() == "https://another.services.ai.azure.com"


@pytest.mark.parametrize("resource", ["a.evil.test/", "a/b", "a b", "a@b", "a?"])
def test_a_resource_is_a_name(monkeypatch: pytest.MonkeyPatch, resource: str) -> None:
    monkeypatch.setenv("ANTHROPIC_FOUNDRY_RESOURCE", resource)
    with pytest.raises(ValueError, match="names no resource"):
        locate_claude()


@pytest.mark.parametrize(
    ("model_id", "variable"),
    [
        ("azure/gpt", "AZURE_OPENAI_ENDPOINT"),
        ("azure-foundry/phi", "AZURE_INFERENCE_ENDPOINT"),
        ("azure-foundry:anthropic/claude-sonnet-4-6", "AZURE_INFERENCE_ENDPOINT"),
    ],
)
def test_without_an_address(model_id: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "key")
    monkeypatch.setenv("AZURE_INFERENCE_CREDENTIAL", "key")
    with pytest.raises(llm.MissingAPIKeyError, match=f"set {variable}") as raised:
        llm.Model(model_id).call("Hi.")
    assert raised.value.env_var == variable
    assert raised.value.provider_id == model_id.partition("/")[0]
