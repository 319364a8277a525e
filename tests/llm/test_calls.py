"""Models, prompts and calls, in all four variants, against the simulator."""

from __future__ import annotations

import asyncio
import inspect
import threading
from typing import Any

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm import testing

MODEL = "openai/gpt-5-mini"
OTHER = "anthropic/claude-sonnet-4-5"


class Book(BaseModel):
    title: str
    author: str


@llm.tool
def double(number: int) -> int:
    """Double a number."""
    return 2 * number


@llm.tool
async def double_async(number: int) -> int:
    """Double a number."""
    return 2 * number


@llm.tool
def greet(ctx: llm.Context[str], name: str) -> str:
    """Greet somebody."""
    return f"{ctx.deps} {name}"


@llm.tool
async def greet_async(ctx: llm.Context[str], name: str) -> str:
    """Greet somebody."""
    return f"{ctx.deps} {name}"


class Kind:
    """One of the four kinds of functions, with a call and a prompt of it."""

    def __init__(self, *, asynchronous: bool, context: bool, format: Any = None) -> None:
        self.asynchronous = asynchronous
        self.context = context
        self.args: tuple[Any, ...] = (llm.Context(deps="Hi"),) if context else ()
        tools: Any = [double_async if asynchronous else double]
        if context:
            tools.append(greet_async if asynchronous else greet)
        self.fn = self._function()
        self.prefix = ("Async" if asynchronous else "") + ("Context" if context else "")
        self.call: Any = llm.call(MODEL, tools=tools, format=format)(self.fn)
        self.prompt: Any = llm.prompt(tools=tools, format=format)(self.fn)

    def _function(self) -> Any:
        if self.asynchronous and self.context:

            async def ask(ctx: llm.Context[str], topic: str) -> str:
                return f"{ctx.deps}: {topic} 21?"
        elif self.asynchronous:

            async def ask(topic: str) -> str:  # type: ignore[misc]
                return f"Hi: {topic} 21?"
        elif self.context:

            def ask(ctx: llm.Context[str], topic: str) -> str:  # type: ignore[misc]
                return f"{ctx.deps}: {topic} 21?"
        else:

            def ask(topic: str) -> str:  # type: ignore[misc]
                return f"Hi: {topic} 21?"

        return ask

    async def run(self, value: Any) -> Any:
        return await value if inspect.isawaitable(value) else value

    async def list(self, iterable: Any) -> list[Any]:
        if self.asynchronous:
            return [item async for item in iterable]
        return list(iterable)


@pytest.fixture(
    params=[(False, False), (True, False), (False, True), (True, True)],
    ids=["sync", "async", "context", "async-context"],
)
def variant(request: pytest.FixtureRequest) -> tuple[bool, bool]:
    return request.param


def kind_of(variant: tuple[bool, bool], format: Any = None) -> Kind:
    return Kind(asynchronous=variant[0], context=variant[1], format=format)


async def test_classes(variant: tuple[bool, bool]) -> None:
    kind = kind_of(variant)
    assert type(kind.call) is getattr(llm, f"{kind.prefix}Call")
    assert type(kind.prompt) is getattr(llm, f"{kind.prefix}Prompt")
    assert type(kind.prompt.toolkit) is getattr(llm, f"{kind.prefix}Toolkit")
    with testing.simulate():
        answer = await kind.run(kind.call(*kind.args, "twice"))
        stream = await kind.run(kind.call.stream(*kind.args, "twice"))
    assert type(answer) is getattr(llm, f"{kind.prefix}Response")
    assert type(stream) is getattr(llm, f"{kind.prefix}StreamResponse")


@pytest.mark.parametrize("way", ["call", "prompt"])
@pytest.mark.parametrize("streaming", [False, True])
async def test_the_tool_loop(variant: tuple[bool, bool], way: str, streaming: bool) -> None:
    kind = kind_of(variant)
    target = kind.call if way == "call" else kind.prompt
    first = () if way == "call" else (MODEL,)
    method = target.stream if streaming else target.call
    with testing.simulate() as simulation:
        response = await kind.run(method(*first, *kind.args, "twice"))
        rounds = 0
        while True:
            if streaming:
                await kind.run(response.finish())
            if not response.tool_calls:
                break
            outputs = await kind.run(response.execute_tools(*kind.args))
            assert [output.error for output in outputs] == [None] * len(response.tool_calls)
            response = await kind.run(response.resume(*kind.args, outputs))
            rounds += 1
    assert rounds == 1
    assert "42" in response.text()
    assert len(simulation.requests) == 2
    roles = [message.role for message in response.messages]
    assert roles == ["user", "assistant", "user", "assistant"]


@pytest.mark.parametrize("streaming", [False, True])
async def test_validate(variant: tuple[bool, bool], streaming: bool) -> None:
    kind = kind_of(variant, format=Book)
    method = kind.call.stream if streaming else kind.call
    good = '{"title": "Dune", "author": "Herbert"}'
    with testing.simulate(script=["nonsense", good]) as simulation:
        response = await kind.run(method(*kind.args, "a book"))
        book, final = await kind.run(response.validate(*kind.args))
    assert book == Book(title="Dune", author="Herbert")
    assert type(final) is type(response)
    assert final is not response
    assert len(simulation.requests) == 2
    with testing.simulate(script=[good]):
        response = await kind.run(method(*kind.args, "a book"))
        _, final = await kind.run(response.validate(*kind.args))
        assert final is response
    with testing.simulate(script=["no", "no"]):
        response = await kind.run(method(*kind.args, "a book"))
        with pytest.raises(llm.ParseError):
            await kind.run(response.validate(*kind.args))
    with pytest.raises(ValueError, match="non-negative"):
        await kind.run(response.validate(*kind.args, -1))


async def test_validate_without_a_format(variant: tuple[bool, bool]) -> None:
    kind = kind_of(variant)
    with testing.simulate(script=["hello"]):
        response = await kind.run(kind.call.stream(*kind.args, "hi"))
        value, same = await kind.run(response.validate(*kind.args))
    assert value is None
    assert same is response
    assert response.consumed


async def test_the_model_in_context_wins(variant: tuple[bool, bool]) -> None:
    kind = kind_of(variant)
    with testing.simulate() as simulation:
        with llm.model(OTHER, temperature=0.5) as active:
            assert llm.model_from_context() is active
            response = await kind.run(kind.call(*kind.args, "hi"))
            assert kind.call.model is active
            assert response.model is active
            prompted = await kind.run(kind.prompt(MODEL, *kind.args, "hi"))
        assert kind.call.model.model_id == MODEL
        assert llm.model_from_context() is None
    assert response.model_id == OTHER
    assert response.params == {"temperature": 0.5}
    assert prompted.model_id == MODEL
    assert len(simulation.requests) == 2


class TestModel:
    def test_a_bad_id(self) -> None:
        with pytest.raises(ValueError, match="gpt-5"):
            llm.Model("gpt-5")
        with pytest.raises(ValueError, match="gpt-5"):
            llm.call("gpt-5")

    def test_an_unknown_provider_is_an_error_of_the_first_use(self) -> None:
        model = llm.Model("nobody/model")
        with pytest.raises(llm.NoRegisteredProviderError) as raised:
            model.call("hi")
        assert raised.value.model_id == "nobody/model"

    def test_unknown_parameters(self) -> None:
        with pytest.raises(TypeError, match="temperature"):
            llm.Model(MODEL, temprature=1)  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="extra_body"):
            llm.call(MODEL, service_tier="flex")  # type: ignore[call-arg]

    def test_parameters_beside_a_model(self) -> None:
        with pytest.raises(TypeError, match="temperature"):
            llm.call(llm.Model(MODEL), temperature=1)
        with pytest.raises(TypeError, match="temperature"):
            llm.use_model(llm.Model(MODEL), temperature=1)

    def test_use_model(self) -> None:
        model = llm.Model(MODEL)
        assert llm.use_model(model) is model
        built = llm.use_model(MODEL, temperature=1)
        assert (built.model_id, built.params) == (MODEL, {"temperature": 1})

    def test_nested_and_entered_twice(self) -> None:
        model, other = llm.model(MODEL), llm.model(OTHER)
        with model:
            with other, model:
                assert llm.model_from_context() is model
            assert llm.model_from_context() is model
        assert llm.model_from_context() is None

    async def test_one_instance_in_many_tasks(self) -> None:
        model = llm.model(MODEL)
        first_in, second_in = asyncio.Event(), asyncio.Event()

        async def first() -> None:
            with model:
                first_in.set()
                await second_in.wait()
            assert llm.model_from_context() is None

        async def second() -> None:
            await first_in.wait()
            with model:
                second_in.set()
                await asyncio.sleep(0.01)
                assert llm.model_from_context() is model

        await asyncio.gather(first(), second())

    def test_threads_do_not_see_each_other(self) -> None:
        seen: list[Any] = []
        with llm.model(MODEL):
            thread = threading.Thread(target=lambda: seen.append(llm.model_from_context()))
            thread.start()
            thread.join()
        assert seen == [None]

    def test_what_a_prompt_may_return(self) -> None:
        returns: dict[str, Any] = {
            "text": "hi",
            "part": llm.Text(text="hi"),
            "list": ["hi", llm.Text(text="there")],
            "messages": [llm.messages.system("be brief"), llm.messages.user("hi")],
            "message": llm.messages.user("hi"),
        }
        for value in returns.values():

            @llm.prompt
            def ask(value: Any = value) -> Any:
                return value

            with testing.simulate(script=["hello"]):
                assert ask(MODEL).text() == "hello"
        with pytest.raises(TypeError):
            llm.prompt(lambda: None).messages()  # type: ignore[arg-type, return-value]
        with pytest.raises(ValueError, match="empty"):
            llm.prompt(list).messages()


class Library:
    """Prompts, calls and tools as methods."""

    def __init__(self, name: str) -> None:
        self.name = name

    @llm.call(MODEL)
    def ask(self, topic: str) -> str:
        """Ask this library."""
        return f"{self.name}: {topic}"

    @llm.prompt
    async def ask_any(self, topic: str) -> str:
        return f"{self.name}: {topic}"

    @llm.call(MODEL)
    async def ask_later(self, topic: str) -> str:
        return f"{self.name} later: {topic}"

    @llm.call(MODEL)
    def ask_with(self, ctx: llm.Context[int], topic: str) -> str:
        return f"{self.name} {ctx.deps}: {topic}"

    @llm.prompt
    async def ask_any_with(self, ctx: llm.Context[int], topic: str) -> str:
        return f"{self.name} {ctx.deps} later: {topic}"


async def test_methods() -> None:
    library = Library("Bodleian")
    with testing.simulate(script=["a", "b", "c"]) as simulation:
        assert library.ask("books").text() == "a"
        assert (await library.ask_any(MODEL, "maps")).text() == "b"
        assert library.ask_with(llm.Context(deps=3), "ink").text() == "c"
    asked = [str(request.body) for request in simulation.requests]
    assert "Bodleian: books" in asked[0]
    assert "Bodleian: maps" in asked[1]
    assert "Bodleian 3: ink" in asked[2]
    assert Library.ask.__doc__ == "Ask this library."


async def test_streams_of_methods() -> None:
    library, ctx = Library("Vatican"), llm.Context(deps=3)
    with testing.simulate(script=["a", "b", "c", "d", "e"]) as simulation:
        assert "".join(library.ask.stream("books").text_stream()) == "a"
        later = await library.ask_later.stream("maps")
        assert [text async for text in later.text_stream()] == ["b"]
        assert "".join(library.ask_with.stream(ctx, "ink").text_stream()) == "c"
        both = await library.ask_any_with.stream(MODEL, ctx, "pens")
        assert [text async for text in both.text_stream()] == ["d"]
        assert "".join(Library.ask.stream(library, "all").text_stream()) == "e"
    said = ["Vatican: books", "later: maps", "Vatican 3: ink", "3 later: pens", "Vatican: all"]
    for asked, request in zip(said, simulation.requests, strict=True):
        assert asked in str(request.body)


def test_metadata_of_the_function_is_kept() -> None:
    @llm.call(MODEL)
    def recommend(genre: str, count: int = 1) -> str:
        """Recommend books."""
        return f"{count} {genre}"

    assert recommend.__name__ == "recommend"
    assert recommend.__doc__ == "Recommend books."
    assert list(inspect.signature(recommend).parameters) == ["genre", "count"]
    assert recommend.prompt.messages("crime")[0] == llm.messages.user("1 crime")


def test_the_wrong_kind_of_tool() -> None:
    with pytest.raises(TypeError, match="double_async"):
        llm.call(MODEL, tools=[double_async])(lambda: "hi")
    with pytest.raises(ValueError, match="double"):
        llm.call(MODEL, tools=[double, double])(lambda: "hi")


def test_settings_of_a_prompt_are_given_once() -> None:
    with_tools = llm.prompt(tools=[double])
    assert with_tools.tools == [double]
    assert llm.prompt.tools is None
    with pytest.raises(TypeError, match="settings already"):
        with_tools(format=Book)
    assert list(inspect.signature(llm.prompt).parameters) == ["fn", "tools", "format"]
