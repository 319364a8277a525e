"""Another vendor is asked when one fails, on the real SDKs."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("openai")
pytest.importorskip("anthropic")

import anthropic as anthropic_sdk
import openai as openai_sdk
from pydantic import BaseModel

from mirascope import prompt_template
from mirascope.core import anthropic, openai
from mirascope.retries import Fallback, FallbackError, fallback
from tests.core.loopback import Loopback, Script, Seen

CLAUDE: Fallback = {
    "catch": anthropic_sdk.AnthropicError,
    "provider": "anthropic",
    "model": "claude-3-5-sonnet-20240620",
}
GROK: Fallback = {"catch": openai_sdk.OpenAIError, "provider": "xai", "model": "grok-3"}


class Book(BaseModel):
    title: str


def refuses(*models: str) -> Any:
    """Give an `answer` of the loopback that refuses whoever asks for these models."""

    def answer(seen: Seen) -> Script:
        if seen.body["model"] in models:
            return Script(status=400)
        return Script(texts=('{"title": ', '"Emma"}'))

    return answer


def models(loopback: Loopback) -> list[str]:
    return [seen.body["model"] for seen in loopback.seen]


def falls_back(**options: Any) -> Any:
    @fallback(openai_sdk.OpenAIError, [CLAUDE, GROK])
    @openai.call("gpt-4o-mini", **options)
    @prompt_template("SYSTEM: Be brief.\nUSER: A {genre} book")
    def find(genre: str) -> None: ...

    return find


def afalls_back(**options: Any) -> Any:
    @fallback(openai_sdk.OpenAIError, [CLAUDE, GROK])
    @openai.call("gpt-4o-mini", **options)
    async def find(genre: str) -> str:
        return f"A {genre} book"

    return find


def test_nothing_is_asked_twice_where_nothing_fails(loopback: Loopback) -> None:
    response = falls_back()("fantasy")
    assert response.provider == "openai"
    assert not hasattr(response, "_caught")
    assert models(loopback) == ["gpt-4o-mini"]


def test_the_next_vendor_gets_the_same_prompt(loopback: Loopback) -> None:
    loopback.answer = refuses("gpt-4o-mini")
    response = falls_back()("fantasy")
    assert isinstance(response, anthropic.AnthropicCallResponse)
    assert [type(error) for error in response._caught] == [openai_sdk.BadRequestError]
    body = loopback.last.body
    assert "Be brief." in str(body["system"])
    assert body["messages"][0]["content"] == "A fantasy book"


async def test_from_asynchronous_code(loopback: Loopback) -> None:
    loopback.answer = refuses("gpt-4o-mini", CLAUDE["model"])
    response = await afalls_back()("fantasy")
    assert response.provider == "xai"
    assert models(loopback) == ["gpt-4o-mini", CLAUDE["model"], "grok-3"]
    assert [type(error) for error in response._caught] == [
        openai_sdk.BadRequestError,
        anthropic_sdk.BadRequestError,
    ]


def test_all_failed(loopback: Loopback) -> None:
    loopback.script = Script(status=400)
    with pytest.raises(FallbackError, match="All 3 calls failed: BadRequestError") as raised:
        falls_back()("fantasy")
    assert [type(error).__module__.split(".")[0] for error in raised.value.caught] == [
        "openai",
        "anthropic",
        "openai",
    ]
    assert raised.value.__cause__ is raised.value.caught[-1]


def test_an_error_that_is_not_caught_is_raised_at_once(loopback: Loopback) -> None:
    loopback.script = Script(status=400)
    find = fallback(openai_sdk.RateLimitError, [CLAUDE])(_ask)
    with pytest.raises(openai_sdk.BadRequestError):
        find()
    assert len(loopback.seen) == 1


@openai.call("gpt-4o-mini", call_params={"temperature": 0.5})
def _ask() -> str:
    return "Hello"


@openai.call("gpt-4o-mini", call_params={"logprobs": True})
def _ask_of_openai_only() -> str:
    return "Hello"


def test_common_parameters_go_along_and_others_do_not(loopback: Loopback) -> None:
    loopback.answer = refuses("gpt-4o-mini")
    fallback(openai_sdk.OpenAIError, [CLAUDE])(_ask)()
    assert loopback.last.body["temperature"] == 0.5
    fallback(openai_sdk.OpenAIError, [CLAUDE])(_ask_of_openai_only)()
    assert "logprobs" not in loopback.last.body
    mine: Fallback = {**CLAUDE, "call_params": {"max_tokens": 7}}
    fallback(openai_sdk.OpenAIError, [mine])(_ask)()
    assert loopback.last.body["max_tokens"] == 7
    assert "temperature" not in loopback.last.body


def test_a_client_of_ones_own(loopback: Loopback) -> None:
    loopback.answer = refuses("gpt-4o-mini")
    client = anthropic_sdk.Anthropic(default_headers={"x-mine": "yes"})
    fallback(openai_sdk.OpenAIError, [{**CLAUDE, "client": client}])(_ask)()
    assert loopback.last.headers["x-mine"] == "yes"


@pytest.mark.parametrize("json_mode", [False, True])
def test_a_response_model(json_mode: bool, loopback: Loopback) -> None:
    loopback.answer = refuses("gpt-4o-mini")
    book = falls_back(response_model=Book, json_mode=json_mode)("fantasy")
    assert book == Book(title="Emma")
    assert len(book._caught) == 1


def test_a_result_without_attributes(loopback: Loopback) -> None:
    loopback.answer = lambda seen: (
        Script(status=400)
        if seen.body["model"] == "gpt-4o-mini"
        else Script(texts=('{"value": 3}',))
    )
    assert falls_back(response_model=int, json_mode=True)("fantasy") == 3


def test_a_stream_that_fails_before_its_first_chunk(loopback: Loopback) -> None:
    loopback.answer = refuses("gpt-4o-mini")
    stream = falls_back(stream=True)("fantasy")
    assert isinstance(stream, anthropic.AnthropicStream)
    assert len(stream._caught) == 1
    assert "".join(chunk.content for chunk, _ in stream) == '{"title": "Emma"}'
    assert stream.construct_call_response().content == stream.content
    assert stream.output_tokens == 5


async def test_an_asynchronous_stream(loopback: Loopback) -> None:
    loopback.answer = refuses("gpt-4o-mini")
    stream = await afalls_back(stream=True)("fantasy")
    assert "".join([chunk.content async for chunk, _ in stream]) == '{"title": "Emma"}'


def test_a_structured_stream(loopback: Loopback) -> None:
    loopback.answer = refuses("gpt-4o-mini")
    books = list(falls_back(stream=True, response_model=Book, json_mode=True)("fantasy"))
    assert books[-1] == Book(title="Emma")


def test_a_stream_that_fails_later_raises_in_its_loop(loopback: Loopback) -> None:
    loopback.script = Script(cut=True)
    stream = falls_back(stream=True)("fantasy")
    assert isinstance(stream, openai.OpenAIStream)
    with pytest.raises(Exception, match=r".") as raised:
        list(stream)
    assert not isinstance(raised.value, FallbackError)
    assert stream.content == "The Name of the Wind"
    assert models(loopback) == ["gpt-4o-mini"]


def test_leaving_the_loop_closes_the_connection(loopback: Loopback) -> None:
    loopback.script = Script(endless=True)
    for _ in falls_back(stream=True)("fantasy"):
        break
    loopback.disconnected.wait()


def test_above_other_decorators(loopback: Loopback) -> None:
    tenacity = pytest.importorskip("tenacity")
    loopback.answer = refuses("gpt-4o-mini")
    retried = tenacity.retry(stop=tenacity.stop_after_attempt(2), reraise=True)(_ask)
    response = fallback(openai_sdk.OpenAIError, [CLAUDE])(retried)()
    assert response.provider == "anthropic"
    assert models(loopback) == ["gpt-4o-mini", "gpt-4o-mini", CLAUDE["model"]]


def test_tools_and_methods(loopback: Loopback) -> None:
    def look_up(title: str) -> str:
        """Look a book up."""
        return title

    class Librarian:
        name = "Ada"

        @fallback(openai_sdk.OpenAIError, [CLAUDE])
        @openai.call("gpt-4o-mini", tools=[look_up])
        @prompt_template("{self.name} asks for a {genre} book")
        def find(self, genre: str) -> None: ...

    loopback.answer = refuses("gpt-4o-mini")
    Librarian().find("fantasy")
    assert loopback.last.body["tools"][0]["name"] == "look_up"
    assert loopback.last.body["messages"][0]["content"] == "Ada asks for a fantasy book"


def test_what_cannot_fall_back_is_refused_where_it_is_written() -> None:
    with pytest.raises(TypeError, match="above the call decorator"):
        fallback(ValueError, [CLAUDE])(print)
    nobody: Any = {**CLAUDE, "provider": "nobody"}
    with pytest.raises(ValueError, match="nobody"):
        fallback(ValueError, [nobody])(_ask)
