"""Answers in the background: the vendor goes on with them, and is asked for the rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.testing import Cut, Stall, Status, StreamError, Turn, simulate
from tests.llm.layering.ways import WAYS, Way
from tests.loopback import Exchange as Asked
from tests.loopback import Reply, Server

MODEL = "openai/gpt-5-mini"
BACKGROUND: Any = {"extra_body": {"background": True}}


@pytest.fixture(params=["stream", "stream_async"])
def way(request: pytest.FixtureRequest) -> Way:
    return WAYS[request.param]


class Hill(BaseModel):
    """A hill."""

    name: str
    metres: int


@llm.tool
def climb(name: str) -> str:
    """Climb a hill."""
    return name


SCENES: dict[str, tuple[Turn, dict[str, Any], dict[str, Any]]] = {
    "text": (Turn(text=["Peninha is 490 metres. 🐉", "It is near Sintra."]), {}, {}),
    "json": (Turn(json={"name": "Peninha", "metres": 490}), {"format": Hill}, {}),
    "thoughts and calls": (
        Turn(
            thoughts=["Which?", "That one."],
            text="Up.",
            tool_calls=[("climb", {"name": "Peninha"}), ("climb", {"name": "Monge"})],
            interleave=True,
        ),
        {"tools": [climb]},
        {"thinking": {"level": "low", "include_thoughts": True}},
    ),
}


def model(params: dict[str, Any] | None = None, *layers: llm.Layer, **recover: Any) -> llm.Model:
    first = llm.recover(initial_delay=0, **recover)
    return llm.Model(MODEL, layers=[first, *layers], **BACKGROUND | (params or {}))


def facts(response: Any) -> dict[str, Any]:
    return {
        "state": response.state,
        "chunks": response.chunks,
        "content": response.content,
        "usage": response.usage,
        "raw": response.messages[-1].raw_message,
        "seams": [event for event in response._log.events if event.type == "seam"],
    }


def without_fault(scene: str, way: Way) -> tuple[Any, list[int]]:
    """Return the undisturbed answer, and where the events of it end, in bytes."""
    turn, more, params = SCENES[scene]
    with simulate([turn]) as simulator:
        expected = way.ask(model(params), **more)
        [kept] = simulator._kept.values()
        frames = list(kept.wire.frames(kept.draft.events(), kept.asked, 1, kept.draft.ending))
    ends = [sum(len(frame.data) for frame in frames[:n]) for n in range(1, len(frames))]
    return expected, ends


@pytest.mark.parametrize("clean", [False, True], ids=["broken", "ended"])
@pytest.mark.parametrize("scene", SCENES)
def test_a_cut_after_every_event_is_taken_up(scene: str, way: Way, clean: bool) -> None:
    turn, more, params = SCENES[scene]
    expected, ends = without_fault(scene, way)
    for end in ends:
        for at in (end, end + 40):  # between two events, and within one
            broken = llm.testing.Turn(**fields(turn) | {"fault": Cut(after_bytes=at, clean=clean)})
            with simulate([broken]) as simulator:
                response = way.ask(model(params), **more)
            assert facts(response) == facts(expected), at
            rest = [(one.method, one.path) for one in simulator.requests[1:]]
            assert rest == [("GET", "/v1/responses/resp_sim1")], at
            first, second = response.attempts
            assert isinstance(first.error, llm.StreamTruncatedError)
            assert second.error is None
            assert second.usage == expected.usage


def fields(turn: Turn) -> dict[str, Any]:
    return {name: getattr(turn, name) for name in Turn.__dataclass_fields__}


def test_a_silence_is_taken_up(way: Way) -> None:
    expected, ends = without_fault("text", way)
    turn = SCENES["text"][0]
    for end in ends[::5]:
        stalled = Turn(**fields(turn) | {"fault": Stall(after_bytes=end)})
        with simulate([stalled]) as simulator:
            response = way.ask(model({"timeout": llm.Timeout(first_content=60, idle=60)}))
        assert facts(response) == facts(expected)
        assert [one.method for one in simulator.requests] == ["POST", "GET"]
        assert isinstance(response.attempts[0].error, llm.TimeoutError)


def test_readers_go_on_without_a_seam(way: Way) -> None:
    _, ends = without_fault("text", way)
    seams: list[llm.Seam] = []
    broken = Turn(text=SCENES["text"][0].text, fault=Cut(after_bytes=ends[len(ends) // 2]))
    with simulate([broken]):
        response = way.ask(model(on_event=seams.append))
        assert response.text() == "Peninha is 490 metres. 🐉\nIt is near Sintra."
    assert seams == []
    assert response.pretty(seams=True) == response.pretty()


# --- when it is not taken up


def test_before_the_answer_has_an_id_it_is_asked_for_again(way: Way) -> None:
    with simulate([Turn(text="lost", fault=Cut(after_bytes=30)), "again"]) as simulator:
        assert way.ask(model()).text() == "again"
    assert [one.method for one in simulator.requests] == ["POST", "POST"]


def test_what_the_vendor_does_not_keep_is_asked_for_again(way: Way) -> None:
    turn = Turn(text="one two three four", fault=Cut(after_bytes=2500))
    with simulate([turn, " more"]) as simulator:
        way.ask(llm.Model(MODEL, layers=[llm.recover(initial_delay=0)]))
    assert [one.method for one in simulator.requests] == ["POST", "POST"]


def test_other_policies_take_nothing_up(way: Way) -> None:
    _, ends = without_fault("text", way)
    turn = Turn(text=SCENES["text"][0].text, fault=Cut(after_bytes=ends[len(ends) // 2]))
    with simulate([turn, "again", turn]) as simulator:
        assert way.ask(model(policy="restart")).text() == "again"
        with pytest.raises(llm.StreamTruncatedError):
            way.ask(model(policy="raise"))
    assert [one.method for one in simulator.requests] == ["POST"] * 3


@pytest.mark.parametrize("fault", [Status(503), StreamError(after_events=6)])
def test_an_answer_that_failed_there_is_asked_for_again(way: Way, fault: Any) -> None:
    turn = Turn(text="one two three four", fault=fault)
    with simulate([turn, lambda request: "one two three four"]) as simulator:
        response = way.ask(model())
    assert [one.method for one in simulator.requests] == ["POST", "POST"]
    assert response.state == "complete"


def test_a_retry_below_asks_again_from_the_beginning(way: Way) -> None:
    """It does not know that an answer can be taken up; nothing is lost or said twice."""
    expected, ends = without_fault("text", way)
    for end in ends:
        broken = Turn(text=SCENES["text"][0].text, fault=Cut(after_bytes=end))
        whole = SCENES["text"][0]
        with simulate([broken, whole]):
            response = way.ask(model(None, llm.retry(initial_delay=0)))
        assert response.text() == expected.text(), end


def test_a_fallback_below_does_not_take_up_what_another_model_began(way: Way) -> None:
    """The rest cannot be had, and another model answers from the beginning: that is noticed."""
    turn = SCENES["text"][0]
    _, ends = without_fault("text", way)
    broken = Turn(text=turn.text, fault=Cut(after_bytes=ends[-8]))
    other = "anthropic/claude-haiku-4-5"
    below = llm.retry(max_retries=0, fallback_models=[other])
    asked: list[str] = []

    def lost(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        asked.append(request.model_id)
        if len(asked) == 2:
            raise llm.ConnectionError("gone", "openai")
        yield open(request)

    def rest(request: llm.testing.TurnRequest) -> str:
        said = "".join(part.text for part in request.messages[-2].content)  # type: ignore[union-attr]
        return "Peninha is 490 metres. 🐉It is near Sintra."[len(said) :]

    with simulate([broken, "This is another answer.", rest, rest]):
        response = way.ask(model(None, below, lost))
    assert asked[:3] == [MODEL, MODEL, other]
    assert "another" not in response.text()
    assert response.text().replace("\n", "") == "Peninha is 490 metres. 🐉It is near Sintra."


async def test_a_whole_answer_cannot_be_made_in_the_background() -> None:
    body = {"id": "resp_1", "status": "queued", "output": []}
    with Server() as server:
        server.route("*", Reply(headers={"content-type": "application/json"}, body=dumped(body)))
        llm.register_provider("openai", base_url=server.url("/v1"), api_key="key-of-the-test")
        with pytest.raises(llm.ResponseValidationError, match="stream an answer"):
            llm.Model(MODEL, **BACKGROUND).call("hi")
    llm.reset_provider_registry()


# --- a server that shares no code with the simulator


def dumped(value: object) -> bytes:
    return json.dumps(value).encode()


def events(id: object = "resp_1", words: int = 12) -> list[bytes]:
    """Return a stream's events, as the vendor documents them, numbered from 1."""
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    said = [f"word{n} " for n in range(words)]
    text = "".join(said)
    item = {"type": "message", "id": "msg_1", "role": "assistant"}
    part = {"type": "output_text", "text": text, "annotations": []}
    whole = {"id": id, "status": "completed", "output": [{**item, "content": [part]}]}
    made: list[dict[str, Any]] = [
        {"type": "response.created", "response": {"id": id, "status": "queued"}},
        {"type": "response.in_progress", "response": {"id": id, "status": "in_progress"}},
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "content": []}},
        *({"type": "response.output_text.delta", **place, "delta": word} for word in said),
        {"type": "response.output_text.done", **place, "text": text},
        {"type": "response.output_item.done", "output_index": 0, "item": whole["output"][0]},  # type: ignore[index]
        {"type": "response.completed", "response": whole},
    ]
    return [
        b"data: " + dumped({**event, "sequence_number": number}) + b"\n\n"
        for number, event in enumerate(made, start=1)
    ]


ALL = events()
TEXT = "".join(f"word{n} " for n in range(12))
STREAM = {"content-type": "text/event-stream"}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        llm.register_provider("openai", base_url=server.url("/v1"), api_key="k")
        yield server
        llm.reset_provider_registry()


def part(first: int, last: int | None, stream: list[bytes] = ALL) -> Reply:
    """Return a reply of some events, numbered from 1, and its connection breaks if `last` is."""
    if last is None:
        return Reply(headers=STREAM, body=stream[first - 1 :])
    body = stream[first - 1 : last]
    return Reply(headers=STREAM, body=[*body, b": keep"], cut_after=sum(map(framed, body)))


def framed(piece: bytes) -> int:
    return len(piece) + len(f"{len(piece):x}") + 4


def asked_of(server: Server) -> list[str]:
    return [f"{one.method} {one.path}{'?' * bool(one.query)}{one.query}" for one in server.requests]


def rest_after(number: int) -> str:
    return f"GET /v1/responses/resp_1?stream=true&starting_after={number}"


def test_every_pair_of_cuts(way: Way, server: Server) -> None:
    for first in range(1, len(ALL)):
        for second in range(first, len(ALL), 3):
            server.requests.clear()
            again = part(first + 1, second)
            server.route("/v1/responses", part(1, first))
            server.route("/v1/responses/resp_1", again, part(second + 1, None))
            response = way.ask(model())
            assert response.state == "complete"
            assert response.text() == TEXT, (first, second)
            assert len(response.texts) == 1
            assert asked_of(server) == ["POST /v1/responses", rest_after(first), rest_after(second)]


def test_it_is_asked_with_the_key_and_no_body(server: Server, way: Way) -> None:
    server.route("/v1/responses", part(1, 5))
    server.route("/v1/responses/resp_1", part(6, None))
    way.ask(model())
    request = server.requests[1]
    assert request.headers["authorization"] == "Bearer k"
    assert request.body == b""


def replays_all() -> list[Reply]:
    return [part(1, None)]


def is_busy_first() -> list[Reply]:
    busy = Reply(status=503, headers={"content-type": "application/json"}, body=b"{}")
    return [busy, Reply(status=429, headers={"retry-after": "0"}, body=b""), part(9, None)]


@pytest.mark.parametrize("replies", [replays_all, is_busy_first])
def test_the_rest_is_the_rest(way: Way, server: Server, replies: Callable[[], list[Reply]]) -> None:
    server.route("/v1/responses", part(1, 8))
    server.route("/v1/responses/resp_1", *replies())
    response = way.ask(model(max_attempts=5))
    assert response.text() == TEXT
    assert set(asked_of(server)[1:]) == {rest_after(8)}


def is_gone() -> Reply:
    return Reply(status=404, headers={"content-type": "application/json"}, body=b"{}")


def is_whole() -> Reply:
    whole = {"id": "resp_1", "status": "in_progress", "output": []}
    return Reply(headers={"content-type": "application/json"}, body=dumped(whole))


def is_a_page() -> Reply:
    return Reply(headers={"content-type": "text/html"}, body=b"<html><title>Oops</title></html>")


@pytest.mark.parametrize("reply", [is_gone, is_whole, is_a_page])
def test_where_the_rest_cannot_be_had_another_answer_is_asked_for(
    way: Way, server: Server, reply: Callable[[], Reply]
) -> None:
    def asked(exchange: Asked) -> None:
        messages = json.loads(exchange.request.body)["input"]
        said = "".join(f"word{n} " for n in range(5))
        assert said.strip() in json.dumps(messages)
        part(1, None)(exchange)

    server.route("/v1/responses", part(1, 8), asked)
    server.route("/v1/responses/resp_1", reply())
    response = way.ask(model())
    assert response.text() == TEXT
    assert [line.partition("?")[0] for line in asked_of(server)] == [
        "POST /v1/responses",
        "GET /v1/responses/resp_1",
        "POST /v1/responses",
    ]
    assert len(response.attempts) == 3


def test_a_server_that_never_ends_it_is_not_asked_for_ever(way: Way, server: Server) -> None:
    server.route("/v1/responses", part(1, 8))
    server.route("/v1/responses/resp_1", part(9, 9))
    with pytest.raises(llm.RetriesExhausted):
        way.ask(model())
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "id",
    ["../../v1/files", "a?b=c", "a b", "", 7, None, "x" * 5000, "é"],
    ids=lambda id: repr(id)[:9],
)
def test_an_id_that_is_none_is_put_into_no_address(way: Way, server: Server, id: object) -> None:
    made = events(id)
    server.route("*", part(1, 8, made), part(1, None, made))
    assert way.ask(model()).text() == TEXT
    assert asked_of(server) == ["POST /v1/responses"] * 2
