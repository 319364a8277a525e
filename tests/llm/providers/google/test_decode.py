"""The generateContent wire, to chunks: by hand-made streams under tests/wire."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mirascope.llm import exceptions as exc
from mirascope.llm.content import (
    Image,
    ProviderToolCall,
    ProviderToolOutput,
    Text,
    Thought,
    ToolCall,
)
from mirascope.llm.providers.google.codec import GoogleCodec
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.responses.fold import Fold
from mirascope.llm.responses.usage import ProviderToolUsage
from tests.llm.providers.traffic import (
    FIXTURES,
    SHOWN,
    decode_events,
    events_of,
    log_of,
    parts_of,
    request,
)

CODEC = GoogleCodec()
MODEL = "google/gemini-2.5-flash"


def fixture(name: str, **params: Any) -> Fold:
    body = (FIXTURES / f"google-{name}.sse").read_bytes()
    decoder = CODEC.decoder(request(MODEL, **params))
    log = log_of(decode_events(decoder, events_of(CODEC, [body])))
    assert decoder.done
    return log


def chunk(*parts: dict[str, Any], finish: object = None, **more: Any) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}}
    if finish is not None:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], **more}


def stream(*chunks: dict[str, Any], **params: Any) -> Fold:
    events = [("", json.dumps(one).encode()) for one in chunks]
    return log_of(decode_events(CODEC.decoder(request(MODEL, **params)), events))


def whole(body: object, **params: Any) -> Fold:
    return log_of(CODEC.decode(json.dumps(body).encode(), request(MODEL, **params)))


def test_text() -> None:
    log = fixture("text")
    assert log.content == [Text(text="Héllo 🐉.")]
    assert log.finish_reason is None
    assert log.raw_message == {"role": "model", "parts": [{"text": "Héllo 🐉."}]}
    assert log.usage is not None
    usage = log.usage
    assert (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens) == (8, 5, 3)
    assert usage.raw == {
        "promptTokenCount": 8,
        "candidatesTokenCount": 5,
        "cachedContentTokenCount": 3,
    }
    assert usage.provider_tool_usage is None


def test_thoughts_and_tools() -> None:
    log = fixture("thinking-tools", **SHOWN)
    unknown = "google_unknown_tool_id"
    assert parts_of(log) == [
        Thought(thought="Two cities, two calls."),
        Text(text="I will look."),
        (unknown, "weather", {"city": "Paris"}),
        (f"{unknown}_2", "weather", {"city": "Zürich"}),
        (f"{unknown}_3", "now", {}),
    ]
    assert log.usage is not None
    assert (log.usage.output_tokens, log.usage.reasoning_tokens) == (39, 9)
    call = {"functionCall": {"name": "weather", "args": {"city": "Paris"}}}
    assert log.raw_message == {
        "role": "model",
        "parts": [
            {"text": "Two cities, two calls.", "thought": True},
            {"text": "I will look."},
            {**call, "thoughtSignature": "c2lnMQ=="},
            {"functionCall": {"name": "weather", "args": {"city": "Zürich"}}},
            {"functionCall": {"name": "now"}},
            {"text": "", "thoughtSignature": "c2lnMg=="},
        ],
    }


def test_thoughts_nobody_asked_for_yield_nothing_but_are_kept_and_count_as_progress() -> None:
    decoder = CODEC.decoder(request(MODEL))
    assert decoder.feed(("", json.dumps(chunk({"text": "Hm.", "thought": True})).encode())) == []
    assert decoder.progress == 1
    log = fixture("thinking-tools")
    assert log.thoughts == []
    raw: Any = log.raw_message
    assert raw["parts"][0]["thought"] is True


def test_a_finish_reason_in_the_middle_is_not_the_end() -> None:
    log = fixture("code")
    code = '{"language":"PYTHON","code":"print(6*7)"}'
    printed = {"stdout": "42\n", "stderr": "", "return_code": 0}
    assert log.content == [
        Text(text="First:\n"),
        ProviderToolCall(id="code_1", name="code_execution", args=code),
        ProviderToolOutput(id="code_1", name="code_execution", result=printed),
        Text(text="It is 42."),
    ]
    raw: Any = log.raw_message
    assert [next(iter(part)) for part in raw["parts"]] == [
        *("text", "executableCode", "codeExecutionResult", "text")
    ]
    assert log.usage is not None
    assert log.usage.input_tokens == 39
    assert log.usage.provider_tool_usage == [ProviderToolUsage(name="code_execution", call_count=1)]


def test_an_answer_is_not_whole_while_its_code_runs_or_it_goes_on() -> None:
    body = (FIXTURES / "google-code.sse").read_bytes()
    decoder = CODEC.decoder(request(MODEL))
    done = [bool(decoder.feed(event)) and decoder.done for event in events_of(CODEC, [body])]
    assert done == [False, False, False, False, True]
    decoder.feed(("", json.dumps(chunk({"text": " And"})).encode()))
    assert not decoder.done
    decoder.feed(("", json.dumps(chunk({"text": ""}, finish="STOP")).encode()))
    decoder.feed(("", b'{"usageMetadata":{"promptTokenCount":1}}'))
    assert decoder.done


def test_grounding_images_and_pages() -> None:
    log = fixture("search")
    text, image, search, found, asked, read = log.content
    assert text == Text(text="They fly, it is said.")
    assert isinstance(image, Image)
    assert (search, found) == (
        ProviderToolCall(
            id="search_1", name="web_search", args='{"queries":["dragons","dragons fly"]}'
        ),
        ProviderToolOutput(
            id="search_1", name="web_search", result=[{"url": "https://example.com"}]
        ),
    )
    assert (asked, read) == (
        ProviderToolCall(
            id="url_context_1", name="url_context", args='{"urls":["https://example.com"]}'
        ),
        ProviderToolOutput(
            id="url_context_1",
            name="url_context",
            result=[{"url": "https://example.com", "status": None}],
        ),
    )
    raw: Any = log.raw_message
    assert raw["parts"][1] == {"inlineData": {"mimeType": "image/png", "data": "aW1n"}}
    assert log.usage is not None
    assert log.usage.provider_tool_usage == [
        ProviderToolUsage(name="web_search", call_count=2),
        ProviderToolUsage(name="url_context", call_count=1),
    ]


def test_server_side_tool_calls_are_kept_and_counted() -> None:
    call = {"toolCall": {"toolType": "FILE_SEARCH", "id": "x"}, "thoughtSignature": "c2ln"}
    usage = {"promptTokenCount": 1}
    log = whole(chunk(call, {"text": "Hi"}, finish="STOP", usageMetadata=usage))
    assert log.content == [
        ProviderToolCall(id="x", name="file_search", args="{}"),
        Text(text="Hi"),
    ]
    raw: Any = log.raw_message
    assert raw["parts"][0] == call
    assert log.usage is not None
    assert log.usage.provider_tool_usage == [ProviderToolUsage(name="file_search", call_count=1)]


def test_a_call_in_pieces() -> None:
    log = fixture("call-in-pieces")
    args = {
        "steps": [{"what": "add", "grams": 2.5}, {"what": "stir"}],
        "is hot": True,
        "note": None,
    }
    assert parts_of(log) == [
        ("google_unknown_tool_id", "cook", args),
        ("google_unknown_tool_id_2", "serve", {}),
    ]
    assert log.raw_message == {
        "role": "model",
        "parts": [
            {"functionCall": {"name": "cook", "args": args}, "thoughtSignature": "c2ln"},
            {"functionCall": {"name": "serve"}},
        ],
    }


def pieces(*paths: str) -> dict[str, Any]:
    args = [{"jsonPath": path, "stringValue": "x"} for path in paths]
    return {"functionCall": {"name": "f", "partialArgs": args}}


@pytest.mark.parametrize("path", ["", "$", "x", "$.", "$.a[1]", "$.a[0].b[7]", "$[0]", "$.a..b"])
def test_pieces_without_a_place(path: str) -> None:
    with pytest.raises(exc.ResponseValidationError):
        stream(chunk(pieces(path), finish="STOP"))


def test_pieces_that_contradict_each_other() -> None:
    with pytest.raises(exc.ResponseValidationError):
        stream(chunk(pieces("$.a", "$.a.b")))
    with pytest.raises(exc.ResponseValidationError):
        stream(chunk(pieces("$.a.b", "$.a")))


def test_a_call_that_never_ends_ends_with_the_answer() -> None:
    call = {"functionCall": {"name": "f", "willContinue": True}}
    log = stream(chunk(call), chunk({"text": ""}, finish="MAX_TOKENS"))
    assert [c.name for c in log.tool_calls] == ["f"]
    assert stream(chunk(call)).tool_calls == []  # but not with the stream


def test_a_piece_of_nothing_is_nothing() -> None:
    log = stream(chunk({"functionCall": {}}, {"text": "x"}, finish="STOP"))
    assert log.content == [Text(text="x")]
    assert log.raw_message == {"role": "model", "parts": [{"text": "x"}]}


def test_ids_are_passed_on() -> None:
    log = stream(chunk({"functionCall": {"id": "c1", "name": "f"}}, finish="STOP"))
    assert log.content == [ToolCall(id="c1", name="f", args="{}")]


def test_blocked_prompts_are_refusals() -> None:
    log = fixture("blocked")
    assert log.content == []
    assert log.finish_reason is FinishReason.REFUSAL
    assert log.raw_message is None
    assert log.usage is not None
    assert log.usage.input_tokens == 9
    for feedback in ({"blockReason": "OTHER"}, {"blockReasonMessage": "No."}):
        log = whole({"promptFeedback": feedback, "candidates": []})
        assert log.finish_reason is FinishReason.REFUSAL


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("STOP", None),
        (1, None),
        ("OTHER", None),
        ("SOMETHING_NEW", None),
        ("MAX_TOKENS", FinishReason.MAX_TOKENS),
        *(
            (reason, FinishReason.REFUSAL)
            for reason in (
                *("SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"),
                *("MODEL_ARMOR", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"),
            )
        ),
    ],
)
def test_finish_reasons(reason: object, expected: FinishReason | None) -> None:
    assert stream(chunk({"text": "x"}), chunk(finish=reason)).finish_reason is expected
    assert whole(chunk({"text": "x"}, finish=reason)).finish_reason is expected


@pytest.mark.parametrize(
    ("reason", "cls"),
    [
        ("MALFORMED_FUNCTION_CALL", exc.ServerError),
        ("MALFORMED_RESPONSE", exc.ServerError),
        ("UNEXPECTED_TOOL_CALL", exc.ServerError),
        ("TOO_MANY_TOOL_CALLS", exc.ServerError),
        ("MISSING_THOUGHT_SIGNATURE", exc.BadRequestError),
    ],
)
def test_calls_that_failed_are_errors(reason: str, cls: type[exc.APIError]) -> None:
    end = chunk({"text": "I will call it."}, finish=reason)
    end["candidates"][0]["finishMessage"] = "Malformed: call(:)"
    for run in (stream, whole):
        with pytest.raises(cls, match=r"Malformed: call") as caught:
            run(end)
        assert caught.value.code == reason


@pytest.mark.parametrize("reason", ["OTHER", "NO_IMAGE", "IMAGE_OTHER"])
def test_nothing_for_no_reason_is_an_error(reason: str) -> None:
    with pytest.raises(exc.ServerError):
        stream(chunk(finish=reason))
    assert stream(chunk({"text": "x"}, finish=reason)).finish_reason is None


@pytest.mark.parametrize(
    ("error", "cls", "status"),
    [
        ({"code": 503, "message": "Busy.", "status": "UNAVAILABLE"}, exc.ServerError, 503),
        ({"message": "Busy.", "status": "UNAVAILABLE"}, exc.ServerError, 503),
        ({"code": 8, "message": "M.", "status": "RESOURCE_EXHAUSTED"}, exc.RateLimitError, 429),
        ({"code": 400, "message": "API key not valid."}, exc.AuthenticationError, 401),
        ({"code": 499, "message": "Cancelled.", "status": "CANCELLED"}, exc.APIError, 499),
        ({"message": "?"}, exc.ServerError, 500),
        ("Busy.", exc.ServerError, 500),
    ],
)
def test_errors_inside_a_stream(error: object, cls: type[exc.APIError], status: int) -> None:
    for body in ({"error": error}, [{"error": error}], [chunk({"text": "x"}), {"error": error}]):
        with pytest.raises(cls) as caught:
            whole(body)
        assert type(caught.value) is cls
        assert caught.value.status_code == status
        assert caught.value.model == MODEL


def test_an_error_in_place_of_events() -> None:
    error = (FIXTURES / "google-error-as-event-stream.json").read_bytes()
    text = (FIXTURES / "google-text.sse").read_bytes()
    for body in (error, text + error, b"[" + error + b"]"):
        decoder = CODEC.decoder(request(MODEL))
        with pytest.raises(exc.RateLimitError, match="quota"):
            decode_events(decoder, events_of(CODEC, [body]))


def test_a_stream_that_is_an_array() -> None:
    """As the vendor sends it where a gateway lost the query of the address."""
    answer = [chunk({"text": "a"}), chunk({"text": "b"}, finish="STOP")]
    body = json.dumps(answer, indent=2).encode()
    decoder = CODEC.decoder(request(MODEL))
    log = log_of(decode_events(decoder, events_of(CODEC, [body])))
    assert decoder.done
    assert log.content == whole(answer).content == [Text(text="ab")]


def test_a_stream_without_its_end_is_not_done() -> None:
    decoder = CODEC.decoder(request(MODEL))
    usage = {"promptTokenCount": 3}
    log = log_of(
        decode_events(
            decoder, [("", json.dumps(chunk({"text": "x"}, usageMetadata=usage)).encode())]
        )
    )
    assert not decoder.done
    assert log.raw_message is None
    assert log.usage is not None
    assert log.usage.input_tokens == 3


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"null", b"[1]", b'{"candidates":[{"content":{"parts":[{"text":1}]}}]}']
)
def test_malformed_events(payload: bytes) -> None:
    with pytest.raises(exc.ResponseValidationError) as caught:
        CODEC.decoder(request(MODEL)).feed(("", payload))
    assert caught.value.provider == "google"


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b"[]", b'{"candidates":[{"content":{}}]}', b'{"a":1}']
)
def test_bodies_without_an_answer(body: bytes) -> None:
    with pytest.raises(exc.ResponseValidationError):
        CODEC.decode(body, request(MODEL))


def test_only_the_first_answer_is_read() -> None:
    other = {"index": 1, "content": {"parts": [{"text": "no"}]}, "finishReason": "STOP"}
    first = {"index": 0, "content": {"parts": [{"text": "yes"}]}, "finishReason": "STOP"}
    assert whole({"candidates": [other, first]}).content == [Text(text="yes")]
    assert stream({"candidates": [other]}).content == []


def test_a_signature_on_text_does_not_split_it_but_keeps_its_place() -> None:
    log = stream(
        chunk({"text": "a"}, {"text": "b", "thoughtSignature": "c2ln"}, {"text": "c"}),
        chunk({"text": "d"}, finish="STOP"),
    )
    assert log.content == [Text(text="abcd")]
    raw: Any = log.raw_message
    assert raw["parts"] == [
        {"text": "a"},
        {"text": "b", "thoughtSignature": "c2ln"},
        {"text": "cd"},
    ]


def test_usage_that_leaves_numbers_out() -> None:
    log = stream(
        chunk({"text": "a"}, usageMetadata={"trafficType": "ON_DEMAND"}),
        chunk({"text": "b"}, usageMetadata={"promptTokenCount": 3, "thoughtsTokenCount": 5}),
        chunk({"text": "c"}, usageMetadata={"promptTokenCount": 3, "candidatesTokenCount": 2.0}),
        chunk(finish="STOP", usageMetadata={"trafficType": "ON_DEMAND"}),
    )
    assert log.usage is not None
    assert (log.usage.input_tokens, log.usage.output_tokens) == (3, 7)
    assert stream(chunk({"text": "a"}, finish="STOP", usageMetadata={})).usage is None


def test_a_done_of_a_gateway_is_ignored() -> None:
    assert CODEC.decoder(request(MODEL)).feed(("", b"[DONE]")) == []
