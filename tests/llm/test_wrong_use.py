"""What a program of the first day gets wrong, and what it is told."""

from __future__ import annotations

import asyncio
import functools
import gc
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
    with pytest.raises(TypeError, match="Unknown argument 'temperatur'"):
        model.call("hi", temperatur=1)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("system", r"model\.call\(\[llm\.messages\.system"),
        ("response_model", "format=... when you ask"),
        ("api_key", r"llm\.register_provider"),
        ("stream", r"\.stream\(\.\.\.\) in place of"),
        ("max_output_tokens", "called max_tokens"),
        ("nonsense", "Tools and format are given here"),
    ],
)
def test_where_an_argument_of_a_call_goes(name: str, hint: str) -> None:
    model: Any = llm.Model("openai/gpt-5-mini")
    for ask in (model.call, model.stream):
        with pytest.raises(TypeError, match=f"Unknown argument '{name}'.*{hint}") as raised:
            ask("hi", **{name: "sk-secret"})
        assert "sk-secret" not in str(raised.value)


async def text() -> str:
    return "hi"


def hidden(fn: Any) -> Any:
    """Decorate as is done by those who do not think of coroutines."""

    @functools.wraps(fn)
    def wrapper(*args: Any) -> Any:
        return fn(*args)

    return wrapper


@pytest.mark.parametrize("ask", ["call", "stream", "__call__"])
@pytest.mark.parametrize("context", [False, True])
@pytest.mark.parametrize("kind", ["call", "prompt"])
def test_a_decorator_that_hides_an_async_function(kind: str, context: bool, ask: str) -> None:
    async def with_context(ctx: llm.Context[None]) -> str:
        return "hi"

    fn = hidden(with_context if context else text)
    decorate: Any = llm.call("openai/gpt-5") if kind == "call" else llm.prompt
    asked = decorate(fn)
    args: list[Any] = [] if kind == "call" else ["openai/gpt-5"]
    if context:
        args.append(llm.Context(deps=None))
    with pytest.raises(TypeError, match=rf"{fn.__name__} .* hides its async def"):
        getattr(asked, ask)(*args)
    gc.collect()  # where a coroutine is not closed, this warns


def test_a_decorator_that_runs_an_async_function() -> None:
    def run(fn: Any) -> Any:
        @functools.wraps(fn)
        def wrapper() -> Any:
            return asyncio.run(fn())

        return wrapper

    decorate: Any = llm.call("openai/gpt-5")
    with llm.testing.simulate(["hello"]):
        assert decorate(run(text))().text() == "hello"


@pytest.mark.parametrize("inside", [False, True])
def test_a_coroutine_that_nobody_awaited(inside: bool) -> None:
    model: Any = llm.Model("openai/gpt-5")
    with pytest.raises(TypeError, match=r"not coroutine\. .*write await"):
        model.call([text()] if inside else text())
    gc.collect()  # where a coroutine is not closed, this warns
