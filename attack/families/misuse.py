"""Callers that give everything what it does not take."""

from __future__ import annotations

import dataclasses
import datetime
import pathlib
import pickle
import re
import traceback
from collections.abc import Callable
from typing import Any

from attack.answers import dumps
from attack.caller import model_of
from attack.case import Case, Fault
from attack.families.types import weather
from attack.http import JSON, framed
from attack.world import World
from mirascope import llm

__all__ = ["run"]

ALLOWED = (
    TypeError,
    ValueError,
    NotImplementedError,
    OSError,
    llm.Error,
    llm.testing.ScriptExhausted,
)
"""OSError where a file or an address is meant; a script that is over is an assertion by design."""
OURS = "mirascope"
THEIRS = (
    "self.fn(",
    "self.func(",
    "scripted(request)",
    "self._layer(",
    "data.decode()",
    "os.stat(",
)
"""Lines that call a function, or read a file, of the caller: what they raise is the caller's."""


class Odd:
    """An object of nobody's."""


@dataclasses.dataclass
class Point:
    """A dataclass."""

    x: int = 1


class Rude:
    """An object that does not like to be looked at."""

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no")

    __hash__ = None  # type: ignore[assignment]


def endless() -> list[Any]:
    """Return a list that holds itself."""
    loop: list[Any] = []
    loop.append(loop)
    return loop


MAKERS: tuple[Callable[[], Any], ...] = (
    lambda: None,
    lambda: True,
    lambda: 0,
    lambda: -1,
    lambda: 7,
    lambda: 10**400,
    lambda: 1.5,
    lambda: float("nan"),
    lambda: float("inf"),
    lambda: 2j,
    lambda: "",
    lambda: " ",
    lambda: "x",
    lambda: "openai/",
    lambda: "/",
    lambda: "openai/gpt\n\0",
    lambda: "\ud800",
    lambda: "x" * 10_000,
    lambda: "{",
    lambda: "null",
    lambda: '{"version":1}',
    lambda: b"",
    lambda: b"\xff\xfe",
    lambda: bytearray(b"x"),
    list,
    lambda: [None],
    lambda: ["x", 1],
    lambda: [[]],
    lambda: (),
    lambda: ("x",),
    dict,
    lambda: {"role": "user", "content": "x"},
    lambda: [{"role": "user", "content": "x"}],
    lambda: {"a": object()},
    lambda: {1: 2},
    lambda: {"x", "y"},
    lambda: object(),
    lambda: object,
    lambda: Odd(),
    lambda: Odd,
    lambda: Point(),
    lambda: Point,
    lambda: Rude(),
    lambda: int,
    lambda: list[int],
    lambda: lambda: None,
    lambda: lambda *a, **k: None,
    lambda: print,
    lambda: len,
    lambda: iter([1]),
    lambda: (n for n in ()),
    lambda: pathlib.Path("nowhere"),
    lambda: datetime.datetime(2025, 1, 1),
    lambda: re.compile("x"),
    lambda: ValueError("x"),
    lambda: endless(),
    lambda: {"loop": endless()},
    lambda: llm.Text(text="x"),
    lambda: llm.messages.user("x"),
    lambda: [llm.messages.user("x")],
    lambda: llm.messages.system("x"),
    lambda: llm.ToolCall(id="1", name="x", args="{"),
    lambda: llm.ToolOutput(id="1", name="x", result="y"),
    lambda: llm.Timeout(total=1),
    lambda: weather,
    lambda: [weather],
    lambda: [weather, weather],
    lambda: llm.Model("openai/chat-m"),
    lambda: llm.FinishReason.REFUSAL,
    lambda: llm,
    lambda: ...,
)

PARAMS = (
    "temperature",
    "max_tokens",
    "top_p",
    "top_k",
    "seed",
    "stop_sequences",
    "thinking",
    "tool_choice",
    "timeout",
    "keep_raw",
    "extra_body",
    "extra_headers",
    "api_key",
    "stream",
    "response_model",
    "nonsense",
)


def run(world: World, case: Case) -> None:
    """Random wrong arguments at every door: TypeError, ValueError or an llm error, and no other."""
    rng = case.rng
    door = DOORS[case.turn % len(DOORS)]
    value = rng.choice(MAKERS)()
    plain = case.wire.plain(["Good."])
    whole = framed([dumps(plain.whole)], "length", JSON).data
    stream = framed([event.frame for event in plain.events], "chunked", case.wire.kind).data
    world.plan(case.id, *([[stream if case.streamed else whole]] * 3))
    try:
        door(world, case, value)
    except ALLOWED as error:
        if _is_accident(error):
            raise Fault(
                f"{door.__name__}({_shown(value)}): {error!r} is Python's and escaped "
                f"{_where(error)}"
            ) from error
        if not str(error).strip() and not error.args and _is_ours(error):
            raise Fault(
                f"{door.__name__}({_shown(value)}): {type(error).__name__} says nothing"
            ) from error
        if (
            isinstance(error, UnicodeError | OSError)
            and not isinstance(error, llm.Error)
            and door not in FILES
        ):
            raise Fault(
                f"{door.__name__}({_shown(value)}): {error!r} escaped {_where(error)}"
            ) from error
    except Exception as error:
        if _is_ours(error):
            shown = _shown(value)
            raise Fault(f"{door.__name__}({shown}): {error!r} escaped {_where(error)}") from error


def _is_accident(error: BaseException) -> bool:
    """Say whether a line of ours failed at what it does, in place of refusing what it got."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    line = last.line or ""
    return (
        OURS in last.filename
        and isinstance(error, (TypeError, ValueError))
        and not isinstance(error, llm.Error)
        and not line.startswith("raise")
        and not any(call in line for call in THEIRS)
    )


def _where(error: BaseException) -> str:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if OURS in f.filename]
    return ", ".join(
        f"{frame.filename.rpartition(OURS)[2]}:{frame.lineno}" for frame in frames[-2:]
    )


def _is_ours(error: BaseException) -> bool:
    """Say whether it comes from the library, and not from a value's own methods."""
    return not (isinstance(error, RuntimeError) and str(error) == "no")


def _shown(value: object) -> str:
    try:
        return repr(value)[:60]
    except Exception:
        return type(value).__name__


Door = Callable[[World, Case, Any], object]


def _ask(world: World, case: Case, content: Any = "Hello!", **more: Any) -> Any:
    """Ask with a value somewhere; the other arguments are right."""
    known = {name: more.pop(name) for name in ("tools", "format") if name in more}
    headers = more.pop("extra_headers", None)
    if headers is not None:
        headers = {"x-case": case.id, **headers} if isinstance(headers, dict) else headers
        more["extra_headers"] = headers
        model: Any = llm.Model(case.wire.model, **more)
    else:
        model = model_of(case, **more)

    async def go() -> Any:
        if case.streamed:
            response = await model.stream_async(content, **known)
            await response.finish()
            return response
        return await model.call_async(content, **known)

    if case.colour == "async":
        return world.run(go())
    if case.streamed:
        response = model.stream(content, **known)
        response.finish()
        return response
    return model.call(content, **known)


def content(world: World, case: Case, value: Any) -> None:
    _ask(world, case, value)


def content_in_list(world: World, case: Case, value: Any) -> None:
    _ask(world, case, case.one(([value], [llm.messages.user("x"), value], [value, "x"])))


def user_content(world: World, case: Case, value: Any) -> None:
    _ask(world, case, [llm.messages.user(case.one((value, [value], ["x", value])))])


def other_content(world: World, case: Case, value: Any) -> None:
    make = case.one(
        (llm.messages.system, lambda v: llm.messages.assistant(v, model_id=None, provider_id=None))
    )
    _ask(world, case, [make(value), llm.messages.user("x")])


def tools(world: World, case: Case, value: Any) -> None:
    _ask(world, case, tools=case.one((value, [value], [weather, value])))


def answer_format(world: World, case: Case, value: Any) -> None:
    response = _ask(world, case, format=value)
    response.parse()


def parameters(world: World, case: Case, value: Any) -> None:
    _ask(world, case, **{case.one(PARAMS): value})


def model_id(world: World, case: Case, value: Any) -> None:
    make = case.one((llm.Model, llm.model, llm.use_model))
    asked: Any = make(value)
    asked.provider  # noqa: B018


def call_decorator(world: World, case: Case, value: Any) -> None:
    def question(topic: str) -> Any:
        return value

    headers = {"x-case": case.id}
    which = case.rng.randrange(5)
    if which == 0:
        llm.call(value)(question)
    elif which == 1:
        decorate: Any = llm.call(case.wire.model, extra_headers=headers)
        decorate(value)
    elif which == 2:
        ask_it: Any = llm.call(case.wire.model, extra_headers=headers)(question)
        (ask_it.stream if case.streamed else ask_it)("x")
    elif which == 3:
        llm.call(case.wire.model, tools=value)(question)
    else:
        llm.call(case.wire.model, format=value)(question)


def prompt_decorator(world: World, case: Case, value: Any) -> None:
    made: Any = llm.prompt(value) if case.rng.randrange(2) else llm.prompt(lambda: value)
    made(case.one((value, case.wire.model, model_of(case))))


def tool_decorator(world: World, case: Case, value: Any) -> None:
    made: Any = case.one(
        (
            lambda: llm.tool(value),
            lambda: llm.tool(strict=value)(weather.__wrapped__),
            lambda: llm.Tool(value, "x", "y", value),
        )
    )()
    _ask(world, case, tools=[made])


def toolkits(world: World, case: Case, value: Any) -> None:
    kit = llm.Toolkit([weather])
    call = llm.ToolCall(
        id="1", name="weather", args=value if case.rng.randrange(2) else '{"city": 1}'
    )
    case.one(
        (
            lambda: llm.Toolkit(value),
            lambda: kit.execute(value),
            lambda: kit.execute(call),
            lambda: kit.execute_all(value),
            lambda: kit.execute_all([value]),
        )
    )()


def tool_itself(world: World, case: Case, value: Any) -> None:
    case.one(
        (lambda: weather(value), lambda: weather.execute(value), lambda: weather(nonsense=value))
    )()  # type: ignore[call-arg]


def formats(world: World, case: Case, value: Any) -> None:
    made: Any = case.one(
        (
            lambda: llm.format(value, mode="json"),
            lambda: llm.format(int, mode=value),
            lambda: llm.format(value, mode=value),
            lambda: llm.output_parser(formatting_instructions=value)(lambda response: value),
            lambda: llm.output_parser(formatting_instructions="x")(value),
        )
    )()
    response = _ask(world, case, format=made)
    response.parse()


def registering(world: World, case: Case, value: Any) -> None:
    """Under a scope of its own, so that nothing else is asked there."""
    name = case.one(
        ("provider", "scope", "api_key", "base_url", "http_client", "timeout", "layers")
    )
    given: dict[str, Any] = {"provider": case.wire.provider, "scope": "misuse/"}
    if name != "base_url":
        given["base_url"] = f"http://127.0.0.1:{world.server.port}/v1"
    given[name] = value
    if name == "scope" and not (isinstance(value, list) and value) and value not in ("x",):
        given["scope"] = ["misuse/", value]
    if given["scope"] in ("", "openai/") or (
        isinstance(given["scope"], list) and "" in map(_text, given["scope"])
    ):
        return  # allowed, and it would take the other cases' requests
    try:
        llm.register_provider(**given)
        model_of(case, model_id="misuse/m").call("x")
    finally:
        world.register_all()


def _text(value: object) -> str:
    return value if isinstance(value, str) else "-"


def timeouts(world: World, case: Case, value: Any) -> None:
    name = case.one(("connect", "first_content", "idle", "total"))
    _ask(world, case, timeout=llm.Timeout(**{name: value}))


def media(world: World, case: Case, value: Any) -> None:
    makes: list[Callable[[], Any]] = [
        lambda: llm.Image.from_url(value),
        lambda: llm.Image.from_file(value),
        lambda: llm.Image.from_bytes(value),
        lambda: llm.Image.from_bytes(b"x", mime_type=value),
        lambda: llm.Audio.from_file(value),
        lambda: llm.Audio.from_bytes(value),
        lambda: llm.Document.from_url(value),
        lambda: llm.Document.from_file(value),
        lambda: llm.Document.from_bytes(value),
        lambda: llm.Image(source=value),
        lambda: llm.Text(text=value),
        lambda: llm.ToolOutput(id=value, name="x", result=value),
        lambda: llm.Thought(thought=value),
    ]
    part = case.one(makes)()
    _ask(world, case, [llm.messages.user([part])])


def saved(world: World, case: Case, value: Any) -> None:
    case.one(
        (
            lambda: llm.messages.from_json(value),
            lambda: llm.messages.to_json(value),
            lambda: llm.messages.to_json([llm.messages.user(value)]),
            lambda: llm.messages.message_from_json(value),
            lambda: llm.Response.from_json(value),
            lambda: llm.StreamResponse.from_json(value),
        )
    )()


def on_response(world: World, case: Case, value: Any) -> None:
    response = _ask(world, case)
    uses: list[Callable[[], Any]] = [
        lambda: response.text(sep=value),
        lambda: response.parse(partial=value),
        lambda: response.resume(value),
        lambda: response.validate(max_retries=value),
        lambda: response.to_json(value),
        lambda: type(response).from_json(response.to_json(), model=value).resume("x"),
        lambda: type(response).from_json(response.to_json(), tools=value),
        lambda: type(response).from_json(response.to_json(), format=value).parse(),
        lambda: pickle.dumps(response),
    ]
    result = case.one(uses)()
    if hasattr(result, "__await__"):

        async def wait() -> Any:
            return await result

        world.run(wait())


def contexts(world: World, case: Case, value: Any) -> None:
    model = model_of(case)
    case.one(
        (
            lambda: model.context_call("x", ctx=value),
            lambda: model.context_stream("x", ctx=value).finish(),
            lambda: model.context_call("x", ctx=llm.Context(deps=value), tools=[weather]),
            lambda: llm.Context(value),  # type: ignore[call-arg]
        )
    )()


def around(world: World, case: Case, value: Any) -> None:
    def block() -> None:
        with llm.layers(value):
            _ask(world, case)

    case.one(
        (
            block,
            lambda: _ask(world, case, layers=value),
            lambda: _ask(world, case, layers=[value]),
            lambda: llm.Model(case.wire.model, layers=value),
        )
    )()


def simulated(world: World, case: Case, value: Any) -> None:
    def block() -> None:
        with llm.testing.simulate(script=value):
            _ask(world, case)

    case.one(
        (
            block,
            lambda: llm.testing.Turn(text=value),
            lambda: llm.testing.Turn(
                **{case.one(("tool_calls", "fault", "thought", "nonsense")): value}
            ),
            lambda: llm.testing.simulate(seed=value),  # type: ignore[call-arg]
        )
    )()


DOORS: tuple[Door, ...] = (
    content,
    content_in_list,
    user_content,
    other_content,
    tools,
    answer_format,
    parameters,
    parameters,
    model_id,
    call_decorator,
    prompt_decorator,
    tool_decorator,
    toolkits,
    tool_itself,
    formats,
    registering,
    timeouts,
    media,
    saved,
    on_response,
    contexts,
    around,
    simulated,
)
FILES = (media,)
