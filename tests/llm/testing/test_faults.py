"""Faults, on every wire, byte by byte."""

from __future__ import annotations

import json
import math

import pytest

from mirascope.llm.testing import Cut, Malformed, Simulator, Stall, Status, StreamError, Turn
from mirascope.llm.transport import memory
from mirascope.llm.transport.memory import MemoryReply, Pause
from tests.llm.testing.clients import Client, Question, content, events

TEXT = "Grüße aus Köln 🙂 und mehr davon."


def send(client: Client, turn: Turn, *, stream: bool = True) -> MemoryReply:
    return client.send(Simulator([turn]), Question(stream=stream))


def plain(client: Client, *, stream: bool = True) -> bytes:
    return content(send(client, Turn(text=TEXT), stream=stream))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503, 529])
def test_a_status_comes_in_the_vendors_form(client: Client, stream: bool, status: int) -> None:
    fault = Status(status, retry_after=1.5, message="No.")
    reply = send(client, Turn(fault=fault), stream=stream)
    assert reply.status == status
    assert reply.headers["retry-after"] == "1.5"
    error = client.error(json.loads(content(reply)))
    assert error["message"] == "No."
    if client.name == "generate_content":
        assert error["code"] == status
        # Recorded errors of Google's streams are plain JSON under the type of the stream.
        expected = "text/event-stream" if stream else "application/json"
    else:
        expected = "application/json"
        assert error.get("type") or client.name == "cohere"
    assert reply.headers["content-type"].startswith(expected)


def test_usual_and_own_codes(client: Client) -> None:
    if client.name == "cohere":
        pytest.skip("the wire has no codes")
    key = {"messages": "type", "generate_content": "status"}.get(client.name, "code")
    usual = {"messages": "rate_limit_error", "generate_content": "RESOURCE_EXHAUSTED"}
    body = json.loads(content(send(client, Turn(fault=Status(429)))))
    assert body["error"][key] == usual.get(client.name, "rate_limit_exceeded")
    body = json.loads(content(send(client, Turn(fault=Status(429, code="quota")))))
    assert body["error"][key] == "quota"


def test_request_ids(client: Client) -> None:
    names = {"messages": "request-id", "chat": "x-request-id", "responses": "x-request-id"}
    simulator = Simulator([Turn(fault=Status(500)), "x"])
    replies = [client.send(simulator, Question()) for _ in range(2)]
    if name := names.get(client.name):
        assert [reply.headers[name] for reply in replies] == ["req_sim1", "req_sim2"]


@pytest.mark.parametrize("after", [0, 1, 50, 10**6])
def test_a_cut_comes_after_so_many_bytes(client: Client, stream: bool, after: int) -> None:
    reply = send(client, Turn(text=TEXT, fault=Cut(after_bytes=after)), stream=stream)
    steps = list(reply.chunks)
    assert reply.status == 200
    assert steps[-1] == memory.Cut()
    assert content(reply) == plain(client, stream=stream)[:after]
    assert b"" not in steps  # which would be a regular end


def test_a_clean_cut_looks_like_an_end(client: Client, stream: bool) -> None:
    whole = plain(client, stream=stream)
    reply = send(client, Turn(text=TEXT, fault=Cut(clean=True)), stream=stream)
    assert all(isinstance(step, bytes) for step in reply.chunks)
    assert content(reply) == whole[: len(whole) // 2]


def test_a_stall_before_the_headers(client: Client, stream: bool) -> None:
    reply = send(client, Turn(text=TEXT, fault=Stall()), stream=stream)
    assert reply.pause == Pause(math.inf)
    reply = send(client, Turn(text=TEXT, fault=Stall(seconds=2)), stream=stream)
    assert reply.pause == Pause(2)
    assert content(reply) == plain(client, stream=stream)


@pytest.mark.parametrize("after", [0, 1, 60])
def test_a_stall_within_the_body(client: Client, stream: bool, after: int) -> None:
    fault = Stall(after_bytes=after, seconds=3)
    reply = send(client, Turn(text=TEXT, fault=fault), stream=stream)
    steps = list(reply.chunks)
    assert steps.count(Pause(3)) == 1
    before = steps[: steps.index(Pause(3))]
    assert sum(len(step) for step in before if isinstance(step, bytes)) == after
    assert content(reply) == plain(client, stream=stream)


@pytest.mark.parametrize("after", [0, 1, 4])
def test_a_malformed_event(client: Client, after: int) -> None:
    good = events(plain(client))
    bad = events(content(send(client, Turn(text=TEXT, fault=Malformed(after)))))
    assert bad[:after] == good[:after]
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(bad[after][1])
    assert bad[after + 1 :] == good[after:]


def test_a_malformed_body(client: Client) -> None:
    reply = send(client, Turn(text=TEXT, fault=Malformed()), stream=False)
    assert reply.status == 200
    with pytest.raises(ValueError, match=r"Unterminated|Expecting|delimiter"):
        json.loads(content(reply))


def test_an_error_inside_a_stream(client: Client) -> None:
    fault = StreamError(after_events=2, message="Too busy.")
    reply = send(client, Turn(text=TEXT, fault=fault))
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/event-stream")
    good, got = events(plain(client)), events(content(reply))
    assert got[:2] == good[:2]
    name, payload = got[2]
    if client.name == "cohere":
        delta = {"error": "Too busy.", "finish_reason": "ERROR"}
        assert json.loads(payload) == {"type": "message-end", "delta": delta}
        assert [payload for _, payload in got[3:]] == ["[DONE]"]
        return
    error = json.loads(payload)["error"]
    assert error["message"] == "Too busy."
    match client.name:
        case "messages":
            assert (name, error["type"]) == ("error", "overloaded_error")
            assert len(got) == 3
        case "responses":
            assert name == "error"
            assert [event for event, _ in got[3:]] == ["response.failed"]
            assert json.loads(got[3][1])["response"]["error"]["code"] == "server_error"
        case "generate_content":
            assert (error["code"], error["status"]) == (503, "UNAVAILABLE")
            assert len(got) == 3
        case _:
            assert len(got) == 3
    own = events(content(send(client, Turn(text=TEXT, fault=StreamError("mine", after_events=0)))))
    assert "mine" in own[0][1]


def test_a_stream_error_without_a_stream_is_a_status(client: Client) -> None:
    reply = send(client, Turn(text=TEXT, fault=StreamError()), stream=False)
    assert reply.status == 503


@pytest.mark.parametrize("size", [1, 2, 3, 5, 4096])
def test_bytes_may_be_split_anywhere(client: Client, stream: bool, size: int) -> None:
    simulator = Simulator([Turn(text=TEXT)], split_bytes=size)
    reply = client.send(simulator, Question(stream=stream))
    pieces = [step for step in reply.chunks if isinstance(step, bytes)]
    assert {len(piece) for piece in pieces[:-1]} <= {size}
    assert b"".join(pieces) == plain(client, stream=stream)
    if size == 1:
        with pytest.raises(UnicodeDecodeError):
            [piece.decode() for piece in pieces]


def test_pieces_keep_the_place_of_a_fault(client: Client) -> None:
    turn = Turn(text=TEXT, fault=Stall(after_bytes=10, seconds=1), split_bytes=4)
    steps = list(send(client, turn).chunks)
    assert [len(step) if isinstance(step, bytes) else step for step in steps[:4]] == [
        4,
        4,
        2,
        Pause(1),
    ]


def test_a_delay_comes_before_each_delta(client: Client) -> None:
    reply = send(client, Turn(text="one two three", delay=0.5))
    assert list(reply.chunks).count(Pause(0.5)) == 3
    assert reply.pause is None
    whole = send(client, Turn(text="one two three", delay=0.5), stream=False)
    assert whole.pause == Pause(0.5)
