"""Valid answers in which something has another type than it should."""

from __future__ import annotations

import contextlib
import copy
import json
import pickle
from collections.abc import Iterator
from random import Random
from typing import Any

from attack.answers import dumps
from attack.caller import Outcome, ask
from attack.case import Case, Fault
from attack.http import JSON, framed
from attack.judge import judge, judge_error
from attack.world import World
from mirascope import llm

__all__ = ["run", "strange", "use"]


@llm.tool
def weather(city: str) -> str:
    """Return the weather of a city."""
    return f"sun over {city}"


@llm.tool
def now(zone: str = "UTC") -> str:
    """Return the time."""
    return f"noon in {zone}"


@llm.tool
async def weather_async(city: str) -> str:
    """Return the weather of a city."""
    return f"sun over {city}"


def run(world: World, case: Case) -> None:
    """Any node of a valid answer replaced, removed or repeated; the answer is used, and resumed."""
    rng = case.rng
    answer = case.wire.rich()
    documents = copy.deepcopy(
        [event.document for event in answer.events] if case.streamed else [answer.whole]
    )
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        _spoil(documents, rng)
    if case.streamed:
        frames: list[bytes] = []
        for event, document in zip(answer.events, documents, strict=True):
            data = document if isinstance(document, bytes) else _dumps(document)
            frames.append(event.write(event.name, data))
        data = framed(frames, "chunked", case.wire.kind).data
    else:
        data = framed([_dumps(documents[0])], "length", JSON).data
    calm = framed([dumps(case.wire.plain(["Good."]).whole)], "length", JSON).data
    calm_stream = framed(
        [event.frame for event in case.wire.plain(["Good."]).events], "chunked", case.wire.kind
    ).data
    world.plan(case.id, [data], [calm_stream if case.streamed else calm])
    tools = [weather_async if case.colour == "async" else weather]
    outcome = ask(world, case, tools=tools)
    judge(world, case, outcome)
    if outcome.response is not None:
        use(world, outcome)
        _resume(world, case, outcome)


def use(world: World, outcome: Outcome) -> None:
    """Look at everything that a response has."""
    response = outcome.response
    response.text()
    response.pretty()
    repr(response)
    for call in response.tool_calls:
        if not all(isinstance(field, str) for field in (call.id, call.name, call.args)):
            raise Fault(f"a tool call of wrong types: {call!r}")
    for thought in response.thoughts:
        if not isinstance(thought.thought, str):
            raise Fault(f"a thought of a wrong type: {thought!r}")
    usage = response.usage
    if usage is not None:
        counts = (
            usage.input_tokens,
            usage.output_tokens,
            usage.cache_read_tokens,
            usage.cache_write_tokens,
            usage.reasoning_tokens,
            usage.total_tokens,
        )
        if not all(type(count) is int and count >= 0 for count in counts):
            raise Fault(f"token counts are {counts!r}")
    if response.finish_reason not in (None, *llm.FinishReason):
        raise Fault(f"the finish reason is {response.finish_reason!r}")
    again = type(response).from_json(response.to_json())
    if again.text() != response.text():
        raise Fault(f"saved, {response.text()!r} is {again.text()!r}")
    with contextlib.suppress(RecursionError):  # which is how pickle says: too deep
        pickle.loads(pickle.dumps(response))
    if isinstance(response.raw_stream_events if outcome.streamed else [], str):
        raise Fault("raw events are a text")


def _resume(world: World, case: Case, outcome: Outcome) -> None:
    """Run its tools and send the answer back to the one who gave it."""
    response = outcome.response

    async def go_on() -> Any:
        outputs = await response.execute_tools()
        following = await response.resume(outputs or "Go on.")
        if outcome.streamed:
            await following.finish()
        return following

    try:
        if case.colour == "async":
            following = world.run(go_on())
        else:
            following = response.resume(response.execute_tools() or "Go on.")
            if outcome.streamed:
                following.finish()
    except Exception as error:
        judge_error(error)
    else:
        if following.text() != "Good.":
            raise Fault(f"resumed, the answer is {following.text()!r}")


# --- what takes a node's place


def strange(rng: Random) -> Any:
    """Return a value of any type of JSON."""
    nested: Any = 1
    for _ in range(rng.choice((1, 50, 400))):
        nested = rng.choice(([nested], {"a": nested}))
    return rng.choice(
        (
            None,
            True,
            False,
            0,
            -1,
            7,
            1.5,
            -0.0,
            1e308,
            2**63,
            -(2**64),
            10**400,
            float("inf"),
            float("nan"),
            "",
            "x",
            "\ud800",
            "\0",
            "[DONE]",
            "STOP",
            "1",
            "text",
            "error",
            [],
            [None],
            [[]],
            ["x", 1, {}],
            [{}],
            {},
            {"": None},
            {"text": 1},
            {"type": "text", "text": None},
            {"type": []},
            {"message": {"message": {}}},
            nested,
        )
    )


def _dumps(document: Any) -> bytes:
    return json.dumps(document).encode()


def _spoil(documents: list[Any], rng: Random) -> None:
    """Change one node somewhere."""
    places = list(_places(documents))
    if not places:
        return
    holder, key = rng.choice(places)
    if isinstance(holder[key], bytes):  # what is no JSON, such as the last event of a chat
        return
    match rng.randrange(8):
        case 0 if holder is not documents:
            del holder[key]
        case 1:
            holder[key] = [holder[key]]
        case 2:
            holder[key] = {"type": "text", "value": holder[key]}
        case 3:
            other, name = rng.choice(places)
            if not isinstance(other[name], bytes):
                holder[key] = copy.deepcopy(other[name])
        case 4 if isinstance(holder, dict):
            holder[rng.choice(("type", "error", "id", "index", "text", "delta"))] = strange(rng)
        case 5 if isinstance(holder, list) and holder is not documents:
            holder.insert(rng.randrange(len(holder) + 1), strange(rng))
        case _:
            holder[key] = strange(rng)


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, bytes):
            continue
        pairs = one.items() if isinstance(one, dict) else enumerate(one)
        for key, value in pairs:
            yield one, key
            if isinstance(value, dict | list):
                waiting.append(value)
