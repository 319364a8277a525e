"""Streams of Bedrock over a socket, as well or as badly as a server may send them."""

from __future__ import annotations

import struct
from binascii import crc32
from collections.abc import Iterator
from typing import Any

import pytest

from mirascope import llm
from tests.event_frames import event, exception
from tests.llm.conftest import Colour
from tests.loopback import Reply, Server

EVENTS = {"content-type": "application/vnd.amazon.eventstream", "x-amzn-requestid": "req-1"}
HELLO = [
    event("messageStart", {"role": "assistant"}),
    event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Hel"}}),
    event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "lo."}}),
    event("contentBlockStop", {"contentBlockIndex": 0}),
    event("messageStop", {"stopReason": "end_turn"}),
    event("metadata", {"usage": {"inputTokens": 3, "outputTokens": 2}}),
]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        llm.register_provider("bedrock", base_url=server.url(""), api_key="k" * 20)
        yield server


def ask(colour: Colour, server: Server, body: list[Any], **more: Any) -> Any:
    server.route("*", Reply(body=body, headers=EVENTS, **more))
    return colour.stream(llm.Model("bedrock/amazon.nova-lite-v1:0"), "Hi.")


def fails(colour: Colour, response: Any, kind: type[llm.ProviderError]) -> Any:
    with pytest.raises(kind) as caught:
        colour.finish(response)
    assert type(caught.value) is kind
    assert caught.value.request_id == "req-1"
    return caught.value


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_stream_in_pieces(colour: Colour, server: Server, size: int) -> None:
    data = b"".join(HELLO)
    response = ask(colour, server, [data[n : n + size] for n in range(0, len(data), size)])
    colour.finish(response)
    assert response.text() == "Hello."
    assert response.state == "complete"
    assert response.usage.total_tokens == 5
    assert response.provider_model_name == "amazon.nova-lite-v1:0:converse"


def test_a_stream_without_its_usage_is_whole(colour: Colour, server: Server) -> None:
    response = ask(colour, server, HELLO[:5])
    colour.finish(response)
    assert (response.text(), response.usage) == ("Hello.", None)


@pytest.mark.parametrize("last", [3, -1])
@pytest.mark.parametrize("clean", [False, True])
def test_a_stream_that_is_cut(colour: Colour, server: Server, clean: bool, last: int) -> None:
    """Between two frames, and within one."""
    end = HELLO[3][:last]
    response = (
        ask(colour, server, [*HELLO[:3], end])
        if clean
        else ask(colour, server, HELLO, cut_after=sum(map(len, HELLO[:3])) + 60)
    )
    fails(colour, response, llm.StreamTruncatedError)
    assert response.text() == "Hello." if clean else response.text().startswith("Hel")


def test_a_frame_that_is_damaged(colour: Colour, server: Server) -> None:
    damaged = HELLO[2].replace(b"lo.", b"l0.")
    response = ask(colour, server, [*HELLO[:2], damaged, *HELLO[3:]])
    error = fails(colour, response, llm.ResponseValidationError)
    assert "the checksum of a frame is wrong" in str(error)
    assert response.text() == "Hel"


def test_what_came_in_one_piece_with_damage_is_not_lost(colour: Colour, server: Server) -> None:
    damaged = HELLO[2].replace(b"lo.", b"l0.")
    response = ask(colour, server, [b"".join([*HELLO[:2], damaged])])
    fails(colour, response, llm.ResponseValidationError)
    assert response.text() == "Hel"


@pytest.mark.parametrize(
    "body", [b"<html><title>Sign in</title></html>", b"event: x\ndata: {}\n\n", b"\0" * 40]
)
def test_what_is_no_event_stream(colour: Colour, server: Server, body: bytes) -> None:
    error = fails(colour, ask(colour, server, [body]), llm.ResponseValidationError)
    assert "event-stream" in str(error) or "Sign in" in str(error)


def test_a_frame_that_promises_too_much(colour: Colour, server: Server) -> None:
    numbers = struct.pack("!II", 0xFFFFFFF0, 10)
    promise = numbers + struct.pack("!I", crc32(numbers))
    response = ask(colour, server, [*HELLO[:2], promise], forever=b"x" * 1000)
    assert "longer than" in str(fails(colour, response, llm.ResponseValidationError))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("throttlingException", llm.RateLimitError), ("internalServerException", llm.ServerError)],
)
def test_an_exception(
    colour: Colour, server: Server, name: str, kind: type[llm.ProviderError]
) -> None:
    response = ask(colour, server, [*HELLO[:2], exception(name, "Too bad.")])
    error = fails(colour, response, kind)
    assert "Too bad." in str(error)
    assert response.text() == "Hel"
    assert response.state == "failed"
    with pytest.raises(kind):
        colour.list(response.text_stream())


def test_an_exception_is_asked_again(colour: Colour, server: Server) -> None:
    failed = Reply(body=[exception("throttlingException", "Slow down.")], headers=EVENTS)
    server.route("*", failed, Reply(body=HELLO, headers=EVENTS))
    model = llm.Model("bedrock/amazon.nova-lite-v1:0", layers=[llm.retry(initial_delay=0.001)])
    assert colour.read(model, "Hi.").text() == "Hello."
    assert len(server.requests) == 2


def test_an_error_with_a_status(colour: Colour, server: Server) -> None:
    headers = {"content-type": "application/json", "x-amzn-errortype": "ValidationException:x"}
    reply = Reply(status=400, headers=headers, body=b'{"message":"No such model."}')
    server.route("*", reply)
    with pytest.raises(llm.BadRequestError, match="No such model") as caught:
        colour.read(llm.Model("bedrock/nobody.nothing"), "Hi.")
    assert caught.value.code == "ValidationException"
