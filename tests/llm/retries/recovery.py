"""Answers dropped at many places, and gone on with: is the joined answer the undropped one?

``python -m tests.llm.retries.recovery [points]`` tries each wire, colour and scene at that many
random places (200), or at ``all``, and prints a table. The test suite tries a few.

The simulated model is deterministic: it reads from the request how far its answer has come, and
says the rest, in one of several manners.
"""

from __future__ import annotations

import itertools
import json
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.responses.fold import fold
from mirascope.llm.testing import Cut, Simulator, Turn, TurnRequest
from mirascope.llm.transport.memory import MemoryReply
from tests.llm.conftest import Colour

__all__ = [
    "ASKED_FOR_ALL",
    "ASKED_FOR_THE_END",
    "MANNERS",
    "MODELS",
    "SCENES",
    "WORDS",
    "Author",
    "trial",
    "whole",
]

MODELS = {
    "chat": "openai/gpt-5-mini:completions",
    "responses": "openai/gpt-5-mini",
    "messages": "anthropic/claude-sonnet-4-5",
    "generate_content": "google/gemini-2.5-flash",
    "cohere": "cohere/command-a-reasoning-08-2025",
}
ASKED_FOR_THE_END = "which are:\n\n"
ASKED_FOR_ALL = "the whole answer again"
THINKING = {"level": "medium", "include_thoughts": True}


def long_text() -> str:
    rng = random.Random(10)
    words = "harbour Cascais below Guincho northern winds Índico 灯台 🌊 3,141 **bold** `a[0]` —"
    paragraphs = [
        " ".join(f"{rng.choice(words.split())}{rng.randint(0, 9999)}" for _ in range(60))
        for _ in range(5)
    ]
    return "\n\n".join([*paragraphs, "| a | b |\n|---|---|\n|  1 |  22 |\n", "The end."])


def only_words() -> str:
    rng = random.Random(3)
    return " ".join("".join(rng.choices("abcdefghijklmnopqrstuvwxyzé", k=7)) for _ in range(120))


class Place(BaseModel):
    """A place."""

    name: str
    metres: int
    notes: list[str]


class Guide(BaseModel):
    """A guide."""

    title: str
    places: list[Place]


GUIDE = {
    "title": 'A "guide" to Sintra\n— in one page',
    "places": [
        {"name": f"Pläce {n}", "metres": n * 37, "notes": ["steep", "\\ backslash", "🏔"]}
        for n in range(25)
    ],
}


@llm.tool
def climb(name: str, metres: int) -> str:
    """Climb a hill."""
    return f"{name}: {metres}"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What the model is to say, and how it is asked."""

    text: str = ""
    thoughts: tuple[str, ...] = ()
    calls: tuple[llm.ToolCall, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict[str, Any])
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def turn(self, text: str, fault: Cut | None, *, thinks: bool = True) -> Turn:
        thoughts = self.thoughts if thinks else None
        return Turn(text=text, thoughts=thoughts, tool_calls=self.calls, fault=fault)


WORDS = Scene(text=only_words())
"""Nothing but words, in which every repetition of three characters or more can be told."""
SCENES = {
    "text": Scene(text=long_text()),
    "json": Scene(text=json.dumps(GUIDE, ensure_ascii=False, indent=1), more={"format": Guide}),
    "json by a tool": Scene(
        text=json.dumps(GUIDE, ensure_ascii=False),
        more={"format": llm.format(Guide, mode="tool")},
    ),
    "json in words": Scene(
        text=json.dumps(GUIDE, ensure_ascii=False), more={"format": llm.format(Guide, mode="json")}
    ),
    "thoughts and calls": Scene(
        text=long_text()[:700],
        thoughts=("Which hill first? " * 12,),
        calls=tuple(
            llm.ToolCall(
                id=f"call_{n}", name="climb", args=json.dumps({"name": "Peninha " * n, "metres": n})
            )
            for n in range(1, 4)
        ),
        more={"tools": [climb]},
        params={"thinking": THINKING},
    ),
}

Manner = Callable[[str, str, str], str]
MANNERS: dict[str, Manner] = {
    "obedient": lambda said, anchor, rest: anchor + rest,
    "polite": lambda said, anchor, rest: f"Of course! Here is the rest:\n\n{anchor}{rest}",
    "from the beginning": lambda said, anchor, rest: said.rstrip() + rest,
    **{
        f"overlap {n}": (lambda said, anchor, rest, n=n: _end(said, n) + rest)
        for n in (0, *range(3, 41))
    },
}
"""How the model words the rest: given what was said, the anchor it was asked for, and the rest."""


def _end(said: str, size: int) -> str:
    solid = said.rstrip()
    return solid[len(solid) - size :] if size <= len(solid) else solid


class Author:
    """The simulated model: says a scene, or what is left of it."""

    def __init__(self, scene: Scene, manner: Manner, cuts: Iterable[int]) -> None:
        self.scene = scene
        self.manner = manner
        self.cuts = iter(cuts)

    def __call__(self, request: TurnRequest) -> Turn:
        after = next(self.cuts, None)
        fault = None if after is None else Cut(after_bytes=after)
        scene = self.scene
        last = request.messages[-1]
        answers = [m for m in request.messages if m.role == "assistant"]
        if not answers:
            return self._all(fault, request)
        asked = _text(last)
        if ASKED_FOR_ALL in asked:
            return self._all(fault, request)
        said = _text(answers[-1])
        assert scene.text.startswith(said), f"{said!r} is not how the answer began"
        rest = scene.text[len(said) :]
        if last.role == "user":
            anchor = asked.partition(ASKED_FOR_THE_END)[2]
            assert anchor
            assert said.rstrip().endswith(anchor)
            rest = self.manner(said, anchor, scene.text[len(said.rstrip()) :])
        return scene.turn(rest, fault, thinks=False)

    def _all(self, fault: Cut | None, request: TurnRequest) -> Turn:
        forms = [tool.name for tool in request.tools if tool.name.startswith("__mirascope")]
        if forms:
            call = llm.ToolCall(id="call_form", name=forms[0], args=self.scene.text)
            return Turn(tool_calls=[call], fault=fault)
        return self.scene.turn(self.scene.text, fault)


def _text(message: llm.Message) -> str:
    parts = [message.content] if message.role == "system" else message.content
    return "".join(part.text for part in parts if part.type == "text")


class Measuring(Simulator):
    """A simulator that knows how long its answers were, in bytes."""

    sizes: list[int]

    def handle(self, request: Any) -> MemoryReply:
        reply = super().handle(request)
        self.sizes = [*getattr(self, "sizes", []), sum(map(len, _bytes(reply)))]
        return reply


def _bytes(reply: MemoryReply) -> Iterator[bytes]:
    return (chunk for chunk in reply.chunks if isinstance(chunk, bytes))


@dataclass(frozen=True)
class Whole:
    """An undropped answer."""

    scene: Scene
    model_id: str
    response: Any
    size: int
    """In bytes, on the wire."""


def whole(scene: Scene, model_id: str) -> Whole:
    """Return the answer that nobody drops."""
    with Measuring([Author(scene, MANNERS["obedient"], [])]) as simulator:
        response = llm.Model(model_id, **scene.params).stream("hi", **scene.more)
        response.finish()
        return Whole(scene, model_id, response, simulator.sizes[0])


def trial(
    colour: Colour, wanted: Whole, cuts: Iterable[int], manner: str = "obedient", **settings: Any
) -> Any:
    """Return the response to an answer that is dropped, and check that it is the undropped one.

    Args:
        colour: How to ask.
        wanted: The undropped answer.
        cuts: After how many bytes each attempt but the last is dropped.
        manner: How the model words the rest.
        **settings: Those of `llm.recover`.
    """
    cuts = list(cuts)
    model = llm.Model(wanted.model_id, **wanted.scene.params)
    recover = llm.recover(initial_delay=0, max_attempts=len(cuts) + 1, **settings)
    author = Author(wanted.scene, MANNERS[manner], cuts)
    with Simulator([author] * (len(cuts) + 1)):
        response = colour.stream(model.within([recover]), "hi", **wanted.scene.more)
        told = "".join(colour.list(response.text_stream()))
    check(response, told, wanted.response)
    return response


def check(response: Any, told: str, wanted: Any) -> None:
    """Assert that nothing was said twice, and nothing lost."""
    text = wanted.text()
    assert told == text, _difference(told, text)
    assert response.state == "complete"
    assert list(response.content) == list(wanted.content)
    assert response.pretty() == wanted.pretty()
    assert fold(response.events).content == response.content
    if response.format is not None:
        assert response.parse() == wanted.parse() == Guide.model_validate(GUIDE)


def _difference(got: str, wanted: str) -> str:
    at = next((n for n, (a, b) in enumerate(zip(got, wanted, strict=False)) if a != b), -1)
    return f"{got[at - 30 : at + 30]!r} instead of {wanted[at - 30 : at + 30]!r}"


def main(points: str = "200") -> None:
    """Print tables of what was tried, and what was right."""
    rng = random.Random(points)
    wrong = _dropped(points, rng) + _worded(points, rng)
    sys.exit(wrong > 0)


def _worded(points: str, rng: random.Random) -> int:
    """Try each manner at some places, and return how many joined answers were wrong."""
    wrong = 0
    print("\n| manner | dropped | joined |\n| --- | --- | --- |")
    colour = Colour(asynchronous=False)
    wholes = [whole(WORDS, MODELS[wire]) for wire in ("chat", "responses", "generate_content")]
    for manner in MANNERS:
        tries = 200 if points == "all" else int(points)
        right = sum(
            _is_right(colour, wanted, rng.randrange(wanted.size // 3, wanted.size), manner)
            for wanted, _ in zip(itertools.cycle(wholes), range(tries), strict=False)
        )
        wrong += tries - right
        print(f"| {manner} | {tries} | {right} |", flush=True)
    return wrong


def _is_right(colour: Colour, wanted: Whole, place: int, manner: str = "obedient") -> bool:
    try:
        trial(colour, wanted, [place], manner)
    except Exception as error:
        print(f"{wanted.model_id}, byte {place}, {manner}: {error!r}", file=sys.stderr)
        return False
    return True


def _dropped(points: str, rng: random.Random) -> int:
    """Try each scene at some places, and return how many joined answers were wrong."""
    print("| scene | wire | colour | dropped | joined |\n| --- | --- | --- | --- | --- |")
    wrong = 0
    for name, scene in SCENES.items():
        for wire, model_id in MODELS.items():
            wanted = whole(scene, model_id)
            for asynchronous in (False, True):
                colour = Colour(asynchronous=asynchronous)
                places = (
                    list(range(wanted.size))
                    if points == "all"
                    else [rng.randrange(wanted.size) for _ in range(int(points))]
                )
                right = sum(_is_right(colour, wanted, place) for place in places)
                colour.close()
                wrong += len(places) - right
                print(
                    f"| {name} | {wire} | {'async' if asynchronous else 'sync'} "
                    f"| {len(places)} | {right} |",
                    flush=True,
                )
    return wrong


if __name__ == "__main__":
    main(*sys.argv[1:])
