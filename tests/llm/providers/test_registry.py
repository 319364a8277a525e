"""Who answers for which model ids, and providers that people write themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from mirascope import llm
from mirascope.llm import testing
from mirascope.llm.providers import (
    ROWS,
    BaseProvider,
    WireProvider,
    get_provider_for_model,
)

from ..conftest import Colour


class TestScopes:
    def test_the_longest_scope_wins(self) -> None:
        short = llm.register_provider("openai", scope="gateway/")
        long = llm.register_provider("anthropic", scope="gateway/claude")
        assert get_provider_for_model("gateway/gpt") is short
        assert get_provider_for_model("gateway/claude-x") is long

    def test_several_scopes_and_none(self) -> None:
        provider = llm.register_provider("openai:completions", scope=["a/", "b/"])
        assert get_provider_for_model("a/x") is get_provider_for_model("b/x") is provider
        llm.register_provider("ollama", scope=[])
        with pytest.raises(llm.NoRegisteredProviderError):
            get_provider_for_model("c/x")

    def test_a_scope_that_is_no_text_is_refused_and_leaves_the_others_alone(self) -> None:
        for scope in ([1], [...], ["fine/", None], [["a/"]]):
            with pytest.raises(TypeError, match="scope is the beginning of a model id"):
                llm.register_provider("ollama", scope=scope)  # type: ignore[arg-type]
        assert get_provider_for_model("openai/m").id == "openai"
        with pytest.raises(llm.NoRegisteredProviderError):
            get_provider_for_model("fine/m")

    def test_an_empty_scope_is_for_every_id(self) -> None:
        provider = llm.register_provider("ollama", scope="")
        assert get_provider_for_model("whoever/whatever") is provider

    def test_the_last_registration_counts(self) -> None:
        model = llm.Model("openai/gpt-5-mini")
        first = model.provider
        second = llm.register_provider("openai")
        assert model.provider is second is not first
        llm.reset_provider_registry()
        assert model.provider is not second

    def test_defaults_are_built_once(self) -> None:
        assert get_provider_for_model("openai/a") is get_provider_for_model("openai/b")
        assert get_provider_for_model("openai/a").id == "openai"

    def test_every_row_has_its_scope(self) -> None:
        for row in ROWS.values():
            if ":" not in row.id:
                assert get_provider_for_model(f"{row.scopes[0]}model").id == row.id

    def test_unknown(self) -> None:
        with pytest.raises(ValueError, match="openai"):
            llm.register_provider("opanai")
        with pytest.raises(TypeError, match="api_key"):
            llm.register_provider(llm.register_provider("openai"), api_key="k")


@pytest.mark.parametrize(
    ("provider", "model_id", "name"),
    [
        ("openai", "openai/gpt-5-mini", "gpt-5-mini"),
        ("openai", "openai/gpt-5-mini:completions", "gpt-5-mini"),
        ("openai:completions", "vllm/meta-llama/Llama-3", "meta-llama/Llama-3"),
        ("openai:completions", "plain", "plain"),
        ("anthropic", "anthropic/claude-x", "claude-x"),
        ("google", "gateway/gemini-x", "gemini-x"),
        ("together", "together/meta/llama", "meta/llama"),
        ("together", "meta-llama/Llama-3", "meta-llama/Llama-3"),
        ("openrouter", "openrouter/openai/gpt-5", "openai/gpt-5"),
        ("ollama", "ollama/qwen3:4b", "qwen3:4b"),
    ],
)
def test_model_names(provider: str, model_id: str, name: str) -> None:
    built = llm.register_provider(provider, scope="x/")
    assert isinstance(built, WireProvider)
    assert built.model_name(model_id) == name


class OutOfInk(Exception):
    """An error of a provider's own library."""

    status_code = 429


class Typewriter(BaseProvider):
    """A provider written by hand: it answers what it was asked, letter by letter."""

    id = "typewriter"
    default_scope = "typewriter/"
    error_map: ClassVar[Any] = {
        OutOfInk: llm.RateLimitError,
        KeyError: lambda error: llm.ServerError,
    }

    def _call(self, **request: Any) -> llm.Response[Any]:
        text = self._text(request)
        return llm.Response(
            raw=text,
            provider_id=self.id,
            model_id=request["model_id"],
            provider_model_name="qwerty",
            params={},
            tools=request["toolkit"],
            format=None,
            input_messages=request["messages"],
            assistant_message=llm.messages.assistant(
                text, provider_id=self.id, model_id=request["model_id"]
            ),
            finish_reason=None,
            usage=None,
        )

    def _stream(self, **request: Any) -> llm.StreamResponse[Any]:
        return llm.StreamResponse(
            provider_id=self.id,
            model_id=request["model_id"],
            provider_model_name="qwerty",
            params={},
            tools=request["toolkit"],
            format=None,
            input_messages=request["messages"],
            chunk_iterator=self._letters(self._text(request)),
        )

    def _text(self, request: dict[str, Any]) -> str:
        text: str = request["messages"][-1].content[0].text
        if text == "no ink":
            raise OutOfInk("dry")
        return text

    def _letters(self, text: str) -> Iterator[Any]:
        yield llm.TextStartChunk()
        for letter in text:
            if letter == "!":
                raise OutOfInk("dry")
            if letter == "?":
                raise KeyError(letter)
            if letter == "#":
                raise ZeroDivisionError
            yield llm.TextChunk(delta=letter)
        yield llm.TextEndChunk()


class TestOwnProvider:
    @pytest.fixture(autouse=True)
    def registered(self) -> None:
        llm.register_provider(Typewriter())

    def test_call_and_stream(self) -> None:
        model = llm.Model("typewriter/x")
        assert model.call("abc").text() == "abc"
        assert list(model.stream("abc").text_stream()) == ["a", "b", "c"]
        assert model.stream("abc").provider_id == "typewriter"

    def test_errors_are_mapped_also_while_streaming(self) -> None:
        model = llm.Model("typewriter/x")
        for start in (model.call, model.stream):
            with pytest.raises(llm.RateLimitError, match="dry") as raised:
                start("no ink")
            assert raised.value.status_code == 429
            assert raised.value.provider == "typewriter"
            assert isinstance(raised.value.original_exception, OutOfInk)
        response = model.stream("ab!")
        for _ in range(2):
            with pytest.raises(llm.RateLimitError):
                response.finish()
            assert response.text() == "ab"
            assert response.state == "failed"
        with pytest.raises(llm.ServerError):
            model.stream("a?").finish()
        with pytest.raises(ZeroDivisionError):
            model.stream("a#").finish()

    async def test_a_missing_hook_says_so(self) -> None:
        with pytest.raises(llm.FeatureNotSupportedError, match="_stream_async"):
            await llm.Model("typewriter/x").stream_async("hi")


def test_one_request_each_and_nothing_before_it_is_read(colour: Colour) -> None:
    with testing.simulate(script=["a"]) as simulation:
        response = colour.stream(llm.Model("google/gemini-3-pro"), "hi")
        assert not simulation.requests
        colour.finish(response)
        colour.finish(response)
        assert len(simulation.requests) == 1


@pytest.mark.parametrize("id", [id for id in ROWS if id not in ("openai", "google")])
def test_every_row_can_ask(id: str) -> None:
    model_id = f"{ROWS[id].scopes[0]}some-model"
    llm.register_provider(id, scope=ROWS[id].scopes[0])
    with testing.simulate(script=["hello"]) as simulation:
        assert llm.Model(model_id, max_tokens=9).stream("hi").provider_id == id
        assert llm.Model(model_id, max_tokens=9).call("hi").text() == "hello"
    assert simulation.requests[0].model == "some-model"
