"""Prompts, calls and their decorators are pickled by name, and copied as what cannot change."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm import testing
from tests.llm.processes import elsewhere

MODEL = "openai/gpt-5-mini"


@llm.tool
def height(of: str) -> int:
    """Tell a height."""
    return len(of)


@llm.tool
async def height_async(of: str) -> int:
    return len(of)


@llm.output_parser(formatting_instructions="Shout.")
def shout(response: llm.AnyResponse) -> str:
    return response.text().upper()


@llm.prompt(tools=[height], format=shout)
def prompted(topic: str) -> str:
    return topic


@llm.prompt
async def prompted_async(topic: str) -> str:
    return topic


@llm.prompt
def prompted_context(ctx: llm.Context[str], topic: str) -> str:
    return topic + ctx.deps


@llm.prompt
async def prompted_async_context(ctx: llm.Context[str], topic: str) -> str:
    return topic + ctx.deps


@llm.call(MODEL, tools=[height], format=shout, temperature=0.5)
def called(topic: str) -> str:
    return topic


@llm.call(MODEL, tools=[height_async])
async def called_async(topic: str) -> str:
    return topic


@llm.call(MODEL)
def called_context(ctx: llm.Context[str], topic: str) -> str:
    return topic + ctx.deps


@llm.call(MODEL)
async def called_async_context(ctx: llm.Context[str], topic: str) -> str:
    return topic + ctx.deps


def plain(topic: str) -> str:
    return topic


class Library:
    def __init__(self, name: str) -> None:
        self.name = name
        self.asked = [self.call, self.call_async, self.prompt, self.prompt_async]

    @llm.call(MODEL, tools=[height])
    def call(self, topic: str) -> str:
        return f"{self.name}: {topic}"

    @llm.call(MODEL)
    async def call_async(self, topic: str) -> str:
        return f"{self.name}: {topic}"

    @llm.prompt(format=shout)
    def prompt(self, topic: str) -> str:
        return f"{self.name}: {topic}"

    @llm.prompt
    async def prompt_async(self, topic: str) -> str:
        return f"{self.name}: {topic}"


AT_MODULE_LEVEL = [
    *(prompted, prompted_async, prompted_context, prompted_async_context),
    *(called, called_async, called_context, called_async_context),
    *(called.prompt, called_async_context.prompt, Library.call, Library.call.prompt, shout),
]


def again(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


@pytest.mark.parametrize("one", AT_MODULE_LEVEL)
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_what_stands_at_module_level_is_itself_again(one: Any, protocol: int) -> None:
    assert pickle.loads(pickle.dumps(one, protocol)) is one
    assert copy.deepcopy(one) is one


@pytest.mark.parametrize("name", ["call", "call_async", "prompt", "prompt_async"])
@pytest.mark.parametrize("part", [False, True])
async def test_what_is_bound_brings_the_instance(name: str, part: bool) -> None:
    for make in (again, copy.deepcopy):
        bound: Any = getattr(Library("Bodleian"), name)
        bound = bound.prompt if part and name.startswith("call") else bound
        made = make(bound)
        assert type(made) is type(bound)
        prompt = getattr(made, "prompt", made)
        assert prompt.fn.__self__ is not getattr(bound, "prompt", bound).fn.__self__
        prompt.fn.__self__.name = "Laurenziana"
        messages = prompt.messages("ink")
        messages = await messages if "async" in name else messages
        assert messages == [llm.messages.user("Laurenziana: ink")]


def test_an_instance_brings_what_is_bound_to_it() -> None:
    for make in (again, copy.deepcopy):
        library = make(Library("Bodleian"))
        assert [getattr(a, "prompt", a).fn.__self__ for a in library.asked] == [library] * 4


def test_decorators_and_what_stands_beside_its_function() -> None:
    calling: Any = llm.call(MODEL, tools=[height], format=shout, temperature=0.5)
    prompting: Any = llm.prompt(tools=[height], format=shout)
    for make in (again, copy.deepcopy):
        decorator = make(calling)
        assert (decorator.tools, decorator.format) == ([height], shout)
        assert decorator.model.params == {"temperature": 0.5}
        assert (make(prompting).tools, make(prompting).format) == ([height], shout)
        assert make(llm.tool(strict=True)) == llm.tool(strict=True)
        for one in (calling(plain), prompting(plain)):
            made = make(one)
            assert type(made) is type(one)
            assert made.__name__ == "plain"
            made = getattr(made, "prompt", made)
            assert made.messages("ink") == [llm.messages.user("ink")]
            assert made.toolkit.tools == [height]
            assert made.format is shout


@pytest.mark.parametrize(
    ("make", "nameless"),
    [
        (llm.prompt, llm.prompt(lambda: "x")),
        (llm.call(MODEL), llm.call(MODEL)(lambda: "x")),
    ],
)
def test_without_a_place_it_is_copied_but_not_pickled(make: Any, nameless: Any) -> None:
    @make
    def local(topic: str) -> str:
        return topic

    kind = type(local).__name__
    for one, why in [
        (local, rf"{kind} .*<locals>\.local: it is defined inside a function"),
        (nameless, rf"{kind} .*<lambda>: a lambda has no name"),
        (make(called.prompt.fn), rf"{kind} tests.*\.called: something else stands"),
    ]:
        assert copy.deepcopy([one])[0] is one
        assert copy.copy(one) is not one
        with pytest.raises(pickle.PicklingError, match=why):
            pickle.dumps(one)


def answer(call: Any, topic: str) -> tuple[str, Any, list[str], bool]:
    with testing.simulate(script=["yes"]) as simulation:
        response = call(topic)
        said = [str(request.body) for request in simulation.requests]
    return response.text(), response.parse(), said, call is called


def test_a_call_in_another_process() -> None:
    text, parsed, said, same = elsewhere(answer, called, "mountains")
    assert (text, parsed, same) == ("yes", "YES", True)
    assert "mountains" in said[0]


def test_a_method_in_another_process() -> None:
    text, parsed, said, _ = elsewhere(answer, Library("Bodleian").call, "ink")
    assert (text, parsed) == ("yes", None)
    assert "Bodleian: ink" in said[0]


def messages(prompt: Any) -> Any:
    return prompt.messages("ink"), prompt is prompted


def test_a_prompt_in_another_process() -> None:
    assert elsewhere(messages, prompted) == ([llm.messages.user("ink")], True)
