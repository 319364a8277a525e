"""Errors by status, in the middle and on the way: class, vendor, status and where they came from.

Section 3.3 of the contract, with what its section 14.2 calls for: 413, 529 and their like have a
class of their own, 408 and 504 are timeouts, and nothing of a transport gets out as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from mirascope import llm
from mirascope.llm.transport.http import ConnectFailed, ConnectionLost, DeadlineExceeded
from tests.event_frames import event, exception
from tests.llm.conformance.families import FAMILIES, family, model_at, streamed, whole
from tests.llm.conftest import Colour
from tests.loopback import Reply, Server, refused_port


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def raised(colour: Colour, model: llm.Model, *, streaming: bool = True) -> llm.ProviderError:
    """Return the error that a question ends in; reading it again has to raise the same."""
    if not streaming:
        with pytest.raises(llm.ProviderError) as caught:
            colour.call(model, "hi")
        return caught.value
    response = colour.stream(model, "hi")
    with pytest.raises(llm.ProviderError) as caught:
        colour.finish(response)
    with pytest.raises(type(caught.value)):
        colour.finish(response)
    return caught.value


STATUSES: dict[int, type[llm.ProviderError]] = {
    400: llm.BadRequestError,
    401: llm.AuthenticationError,
    402: llm.APIError,
    403: llm.PermissionError,
    404: llm.NotFoundError,
    408: llm.TimeoutError,
    409: llm.BadRequestError,
    413: llm.BadRequestError,
    418: llm.APIError,
    422: llm.BadRequestError,
    429: llm.RateLimitError,
    500: llm.ServerError,
    502: llm.ServerError,
    503: llm.ServerError,
    504: llm.TimeoutError,
    529: llm.ServerError,
}


@family
@pytest.mark.parametrize("streaming", [True, False])
def test_statuses(colour: Colour, server: Server, family: str, streaming: bool) -> None:
    body = b'{"error": {"message": "no such luck"}, "message": "no such luck"}'
    for status, cls in STATUSES.items():
        reply = Reply(status=status, body=body, headers={"content-type": "application/json"})
        error = raised(colour, model_at(server, family, reply), streaming=streaming)
        assert type(error) is cls, status
        assert error.provider == FAMILIES[family].provider
        assert error.model == FAMILIES[family].model_id
        assert "no such luck" in str(error)
        assert (error.original_exception, error.__cause__) == (None, None)
        if isinstance(error, llm.APIError):
            assert error.status_code == status


@family
def test_an_error_of_json_that_is_called_a_stream(
    colour: Colour, server: Server, family: str
) -> None:
    """So Google answers a streamed request, over several lines (section 12, 1)."""
    said = {"error": {"message": "not here", "code": 404}, "message": "not here"}
    body = json.dumps(said, indent=2).encode()
    reply = Reply(status=404, body=body, headers={"content-type": "text/event-stream"})
    error = raised(colour, model_at(server, family, reply))
    assert type(error) is llm.NotFoundError
    assert "not here" in str(error)


NOT_FOUND = {"error": {"message": "x", "code": "model_not_found", "type": "invalid_request_error"}}
BAD_KEY = {"error": {"message": "API key not valid. Please pass one.", "code": 400}}


@pytest.mark.parametrize(
    ("family", "body", "cls", "status"),
    [
        ("responses", NOT_FOUND, llm.NotFoundError, 404),
        ("chat", NOT_FOUND, llm.NotFoundError, 404),
        ("generate_content", BAD_KEY, llm.AuthenticationError, 401),
    ],
)
def test_a_400_that_means_another_status(
    colour: Colour, server: Server, family: str, body: object, cls: type[llm.APIError], status: int
) -> None:
    reply = Reply(status=400, body=json.dumps(body).encode())
    error = raised(colour, model_at(server, family, reply))
    assert isinstance(error, llm.APIError)
    assert (type(error), error.status_code) == (cls, status)


# --- in the middle


def sse(data: object, name: str = "") -> bytes:
    lines = [f"event: {name}"] if name else []
    return "\n".join([*lines, f"data: {json.dumps(data)}", "", ""]).encode()


def of_anthropic(kind: str) -> bytes:
    return sse({"type": "error", "error": {"type": kind, "message": "mid"}}, "error")


def of_responses(code: str) -> bytes:
    return sse({"type": "error", "code": code, "message": "mid"}, "error")


def failed(code: str) -> bytes:
    said = {"status": "failed", "error": {"code": code, "message": "mid"}}
    return sse({"type": "response.failed", "response": said}, "response.failed")


def of_google(code: int, status: str) -> bytes:
    return sse({"error": {"code": code, "message": "mid", "status": status}})


def of_cohere(reason: str) -> bytes:
    delta = {"finish_reason": reason, "error": "mid"}
    return sse({"type": "message-end", "delta": delta}, "message-end")


MIDDLE: list[tuple[str, bytes, type[llm.ProviderError], int | None]] = [
    ("chat", sse({"error": {"message": "mid", "code": 429}}), llm.RateLimitError, 429),
    ("chat", sse({"error": {"message": "mid", "type": "server_error"}}), llm.ServerError, 500),
    ("responses", of_responses("rate_limit_exceeded"), llm.RateLimitError, 429),
    ("responses", of_responses("server_error"), llm.ServerError, 500),
    ("responses", failed("rate_limit_exceeded"), llm.RateLimitError, 429),
    ("responses", failed("server_error"), llm.ServerError, 500),
    ("messages", of_anthropic("overloaded_error"), llm.ServerError, 529),
    ("messages", of_anthropic("rate_limit_error"), llm.RateLimitError, 429),
    ("messages", of_anthropic("api_error"), llm.ServerError, 500),
    ("messages", of_anthropic("invalid_request_error"), llm.BadRequestError, 400),
    ("generate_content", of_google(429, "RESOURCE_EXHAUSTED"), llm.RateLimitError, 429),
    ("generate_content", of_google(503, "UNAVAILABLE"), llm.ServerError, 503),
    ("cohere", of_cohere("ERROR"), llm.ServerError, 500),
    ("cohere", of_cohere("TIMEOUT"), llm.TimeoutError, None),
    ("converse", exception("throttlingException", "mid"), llm.RateLimitError, 429),
    ("converse", exception("internalServerException", "mid"), llm.ServerError, 500),
    ("converse", exception("validationException", "mid"), llm.BadRequestError, 400),
]


@pytest.mark.parametrize(
    ("family", "sent", "cls", "status"),
    MIDDLE,
    ids=[f"{family}-{number}" for number, (family, *_) in enumerate(MIDDLE)],
)
def test_an_error_in_the_middle(
    colour: Colour,
    server: Server,
    family: str,
    sent: bytes,
    cls: type[llm.ProviderError],
    status: int | None,
) -> None:
    model = model_at(server, family, streamed(family, *FAMILIES[family].events[:4], sent))
    error = raised(colour, model)
    assert type(error) is cls
    assert error.provider == FAMILIES[family].provider
    assert "mid" in str(error)
    if isinstance(error, llm.APIError):
        assert error.status_code == status


# --- on the way


@family
def test_a_connection_that_is_lost(colour: Colour, server: Server, family: str) -> None:
    cut = sum(map(len, FAMILIES[family].events[:4])) + 20
    reply = streamed(family, *FAMILIES[family].events, cut_after=cut, reset=True)
    error = raised(colour, model_at(server, family, reply))
    assert type(error) is llm.StreamTruncatedError
    assert error.provider == FAMILIES[family].provider
    assert isinstance(error.__cause__, ConnectionLost)
    assert error.original_exception is error.__cause__


@family
def test_an_end_that_came_too_early(colour: Colour, server: Server, family: str) -> None:
    reply = streamed(family, *FAMILIES[family].events[:3])
    error = raised(colour, model_at(server, family, reply))
    assert type(error) is llm.StreamTruncatedError
    assert (error.original_exception, error.__cause__) == (None, None)


@family
@pytest.mark.parametrize("streaming", [True, False])
def test_nobody_is_there(colour: Colour, server: Server, family: str, streaming: bool) -> None:
    model = model_at(server, family, whole(family))
    llm.register_provider(
        FAMILIES[family].provider,
        scope="my/",
        base_url=f"http://127.0.0.1:{refused_port()}",
        api_key="k",
    )
    error = raised(colour, model, streaming=streaming)
    assert type(error) is llm.ConnectionError
    assert error.provider == FAMILIES[family].provider
    assert isinstance(error.__cause__, ConnectFailed)
    assert error.original_exception is error.__cause__


@family
def test_silence(colour: Colour, server: Server, family: str) -> None:
    reply = streamed(family, *FAMILIES[family].events, stall="after headers")
    model = model_at(server, family, reply, timeout=llm.Timeout(first_content=0.05))
    error = raised(colour, model)
    assert isinstance(error, llm.TimeoutError)
    assert error.phase == "first_content"
    assert isinstance(error.__cause__, DeadlineExceeded)
    assert error.original_exception is error.__cause__


@family
def test_an_event_that_is_no_json(colour: Colour, server: Server, family: str) -> None:
    broken = event("contentBlockDelta", b"{") if family == "converse" else b"data: {]\n\n"
    reply = streamed(family, *FAMILIES[family].events[:3], broken)
    error = raised(colour, model_at(server, family, reply))
    assert type(error) is llm.ResponseValidationError
    assert error.provider == FAMILIES[family].provider
    assert isinstance(error.__cause__, ValueError)
    assert error.original_exception is error.__cause__


def test_counting_tells_where_its_error_came_from(colour: Colour, server: Server) -> None:
    """What is no conversation goes by the same rule."""
    llm.register_provider("anthropic", scope="my/", base_url=f"http://127.0.0.1:{refused_port()}")
    model = llm.Model("my/model")
    count = model.count_tokens_async if colour.asynchronous else model.count_tokens
    with pytest.raises(llm.ConnectionError) as caught:
        colour.run(count("hi"))
    assert isinstance(caught.value.__cause__, ConnectFailed)
    assert caught.value.original_exception is caught.value.__cause__
