"""Answers of the Converse wire, event by event and whole."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.content import (
    Citation,
    ProviderToolCall,
    ProviderToolOutput,
    Text,
    Thought,
    ToolCall,
)
from mirascope.llm.providers.bedrock.codec import ConverseCodec
from mirascope.llm.responses.finish_reason import FinishReason
from tests.event_frames import event, exception, frame, header
from tests.llm.providers.traffic import SHOWN, decode_events, events_of, log_of, request

CODEC = ConverseCodec()
ASKED = request("bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", stream=True, **SHOWN)


def delta(index: int, **delta: Any) -> bytes:
    return event("contentBlockDelta", {"contentBlockIndex": index, "delta": delta, "p": "abc"})


def start(index: int, **start: Any) -> bytes:
    return event("contentBlockStart", {"contentBlockIndex": index, "start": start})


def stop(index: int) -> bytes:
    return event("contentBlockStop", {"contentBlockIndex": index})


def ended(reason: str | None = "end_turn") -> bytes:
    return event("messageStop", {"stopReason": reason})


def metadata(**usage: Any) -> bytes:
    return event("metadata", {"usage": usage, "metrics": {"latencyMs": 5}})


def decoded(*frames: bytes) -> Any:
    decoder = CODEC.decoder(ASKED)
    return log_of(decode_events(decoder, events_of(CODEC, frames))), decoder


def test_an_answer() -> None:
    log, decoder = decoded(
        event("messageStart", {"role": "assistant"}),
        delta(0, reasoningContent={"text": "Hm."}),
        delta(0, reasoningContent={"signature": "c2ln"}),
        stop(0),
        delta(1, text="Hel"),
        delta(1, text=""),
        delta(1, text="lo."),
        stop(1),
        start(2, toolUse={"toolUseId": "t", "name": "f"}),
        delta(2, toolUse={"input": ""}),
        delta(2, toolUse={"input": '{"a": 1}'}),
        stop(2),
        ended("tool_use"),
        metadata(inputTokens=3, outputTokens=2, cacheReadInputTokens=10, cacheWriteInputTokens=20),
    )
    assert log.content == [
        Thought(thought="Hm."),
        Text(text="Hello."),
        ToolCall(id="t", name="f", args='{"a": 1}'),
    ]
    assert log.finish_reason is None
    assert (log.usage.input_tokens, log.usage.output_tokens) == (33, 2)
    assert (log.usage.cache_read_tokens, log.usage.cache_write_tokens) == (10, 20)
    assert log.usage.raw["inputTokens"] == 3
    assert decoder.done
    assert decoder.terminal


def test_it_is_whole_with_its_stop_and_over_with_its_usage() -> None:
    _, decoder = decoded(delta(0, text="Hi"))
    assert not decoder.done
    _, decoder = decoded(delta(0, text="Hi"), ended())
    assert decoder.done
    assert not decoder.terminal
    _, decoder = decoded(delta(0, text="Hi"), metadata(inputTokens=1))
    assert not decoder.done
    assert not decoder.terminal


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("end_turn", None),
        ("tool_use", None),
        ("stop_sequence", None),
        ("something_new", None),
        (None, None),
        ("max_tokens", FinishReason.MAX_TOKENS),
        ("guardrail_intervened", FinishReason.REFUSAL),
        ("content_filtered", FinishReason.REFUSAL),
        ("refusal", FinishReason.REFUSAL),
        ("model_context_window_exceeded", FinishReason.CONTEXT_LENGTH_EXCEEDED),
    ],
)
def test_reasons_to_stop(reason: str | None, finish: FinishReason | None) -> None:
    log, _ = decoded(delta(0, text="Hi"), ended(reason))
    assert log.finish_reason is finish
    body = {"output": {"message": {"content": [{"text": "Hi"}]}}, "stopReason": reason}
    assert log_of(CODEC.decode(json.dumps(body).encode(), ASKED)).finish_reason is finish


@pytest.mark.parametrize("reason", ["malformed_model_output", "malformed_tool_use"])
def test_what_the_model_failed_to_say_is_an_error(reason: str) -> None:
    with pytest.raises(llm.ServerError, match="malformed") as caught:
        decoded(delta(0, text="Hi"), ended(reason))
    assert caught.value.code == reason


def test_calls_whose_blocks_overlap() -> None:
    log, _ = decoded(
        start(0, toolUse={"toolUseId": "a", "name": "f"}),
        start(1, toolUse={"toolUseId": "a", "name": "g"}),
        delta(1, toolUse={"input": "{}"}),
        delta(0, toolUse={"input": '{"x":1}'}),
        stop(1),
        ended("tool_use"),
    )
    assert {(c.id, c.name, c.args) for c in log.content} == {
        ("a", "f", '{"x":1}'),
        ("a_2", "g", "{}"),
    }


def test_what_the_server_runs_is_a_part_of_its_own() -> None:
    use = {"toolUseId": "s", "name": "nova_code_interpreter", "type": "server_tool_use"}
    output = {"json": {"stdOut": "2", "stdErr": "", "exitCode": 0}}
    log, decoder = decoded(
        start(0, toolUse=use),
        delta(0, toolUse={"input": '{"snippet":'}),
        delta(0, toolUse={"input": '"1 + 1"}'}),
        stop(0),
        start(1, toolResult={"toolUseId": "s", "type": "x", "status": "success"}),
        delta(1, toolResult=[output]),
        stop(1),
        delta(2, text="Here."),
        ended(),
        metadata(inputTokens=1, outputTokens=1),
    )
    result = {"stdout": "2", "stderr": "", "return_code": 0}
    assert log.content == [
        ProviderToolCall(id="s", name="code_execution", args='{"snippet":"1 + 1"}'),
        ProviderToolOutput(id="s", name="code_execution", result=result),
        Text(text="Here."),
    ]
    (used,) = log.usage.provider_tool_usage
    assert (used.name, used.call_count) == ("code_execution", 1)
    assert decoder.progress > 1
    blocks = [
        {"toolUse": {**use, "input": {"snippet": "1 + 1"}}},
        {"toolResult": {"toolUseId": "s", "status": "success", "content": [output]}},
        {"text": "Here."},
    ]
    body = json.dumps({"output": {"message": {"content": blocks}}}).encode()
    whole = log_of(CODEC.decode(body, ASKED))
    assert whole.content[1:] == log.content[1:]
    assert json.loads(whole.content[0].args) == {"snippet": "1 + 1"}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("content", "status", "result", "error"),
    [
        ([{"text": "found"}], "success", "found", None),
        ([{"text": "a"}, {"json": [1]}], None, ["a", [1]], None),
        ([{"text": "No such page."}], "error", "No such page.", "No such page."),
        ([], "error", [], "The tool failed."),
    ],
)
def test_what_came_of_it(content: Any, status: Any, result: Any, error: str | None) -> None:
    log, _ = decoded(
        start(0, toolUse={"toolUseId": "s", "name": "nova_grounding", "type": "server_tool_use"}),
        stop(0),
        start(1, toolResult={"toolUseId": "s", "status": status}),
        delta(1, toolResult=content),
        stop(1),
        ended(),
    )
    output = ProviderToolOutput(id="s", name="web_search", result=result, error=error)
    assert log.content[1] == output


@pytest.mark.parametrize(
    ("citation", "meant"),
    [
        (
            {
                "title": "policy",
                "location": {"documentChar": {"documentIndex": 0, "start": 0, "end": 9}},
                "sourceContent": [{"text": "20 days."}, {"text": "All year."}],
            },
            Citation(title="policy", source="0", cited_text="20 days.\nAll year."),
        ),
        (
            {"location": {"web": {"url": "https://example.com/", "domain": "example.com"}}},
            Citation(url="https://example.com/"),
        ),
        ({"source": "s3://b/x", "location": {}}, Citation(source="s3://b/x")),
        ({}, Citation()),
    ],
)
def test_citations(citation: Any, meant: Citation) -> None:
    log, _ = decoded(
        delta(0, text="You have 20 days."), delta(0, citation=citation), stop(0), ended()
    )
    (text,) = log.content
    assert (text.text, text.citations) == ("You have 20 days.", [meant])
    cited = {"content": [{"text": "You have 20 days."}], "citations": [citation]}
    body = {"output": {"message": {"content": [{"citationsContent": cited}]}}}
    assert log_of(CODEC.decode(json.dumps(body).encode(), ASKED)).content == [text]


def test_what_is_not_known_yet() -> None:
    log, decoder = decoded(
        event("initial-response", {}),
        event("contentBlockGlow", {"contentBlockIndex": 0}),
        start(0, image={"format": "png"}),
        delta(0, image={"source": {"bytes": "aW1n"}}),
        stop(0),
        delta(1, toolUse={"input": "{}"}),  # of a call that never began
        stop(7),
        delta(2, text="Hi"),
        ended(),
        delta(3, text="late"),
    )
    assert log.content == [Text(text="Hi")]
    assert decoder.done


def test_thoughts_that_nobody_asked_for() -> None:
    asked = request("bedrock/deepseek.r1-v1:0", stream=True)
    decoder = CODEC.decoder(asked)
    frames = [delta(0, reasoningContent={"text": "Hm."}), stop(0), delta(1, text="Hi"), ended()]
    assert log_of(decode_events(decoder, events_of(CODEC, frames))).content == [Text(text="Hi")]
    assert decoder.progress == 2


@pytest.mark.parametrize(
    ("name", "more", "kind", "status"),
    [
        ("internalServerException", {}, llm.ServerError, 500),
        ("serviceUnavailableException", {}, llm.ServerError, 503),
        ("throttlingException", {}, llm.RateLimitError, 429),
        ("validationException", {}, llm.BadRequestError, 400),
        ("modelStreamErrorException", {}, llm.ServerError, 500),
        ("modelStreamErrorException", {"originalStatusCode": 503}, llm.ServerError, 503),
        ("modelStreamErrorException", {"originalStatusCode": 400}, llm.BadRequestError, 400),
        ("modelTimeoutException", {}, llm.TimeoutError, None),
        ("accessDeniedException", {}, llm.PermissionError, 403),
        ("somethingNewException", {}, llm.ServerError, 500),
    ],
)
def test_exceptions(
    name: str, more: Any, kind: type[llm.ProviderError], status: int | None
) -> None:
    with pytest.raises(kind, match=r"Too bad\.") as caught:
        decoded(delta(0, text="Hi"), exception(name, "Too bad.", **more))
    assert type(caught.value) is kind
    assert getattr(caught.value, "status_code", None) == status
    assert getattr(caught.value, "provider", None) == "bedrock"
    if isinstance(caught.value, llm.APIError):
        assert caught.value.code == name


def test_an_error_that_the_service_did_not_mean_to_send() -> None:
    headers = header(":message-type", "error") + header(":error-code", "InternalFailure")
    with pytest.raises(llm.ServerError, match=r"Oh no\.") as caught:
        decoded(frame(headers + header(":error-message", "Oh no.")))
    assert caught.value.code == "InternalFailure"


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"[]", b'{"contentBlockIndex": "x"}', b'{"delta": {"text": 1}}']
)
def test_events_that_are_none(payload: bytes) -> None:
    with pytest.raises(llm.ResponseValidationError, match="not what the Converse API promises"):
        decoded(event("contentBlockDelta", payload))


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        ({}, llm.ResponseValidationError, "no content"),
        ({"output": {"message": {}}}, llm.ResponseValidationError, "no content"),
        ({"output": {"message": {"content": "x"}}}, llm.ResponseValidationError, "Expected"),
        ({"message": "Too bad."}, llm.ServerError, "Too bad"),
        (
            {"message": "Too bad.", "__type": "com.amazon#ThrottlingException"},
            llm.RateLimitError,
            "Too bad",
        ),
    ],
)
def test_bodies_that_are_none(body: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        CODEC.decode(json.dumps(body).encode(), ASKED)


# --- errors of their own


NAMELESS = "HTTP 500, without a message"


@pytest.mark.parametrize(
    ("status", "named", "body", "seen", "message"),
    [
        (400, "ValidationException:http://internal.amazon.com/x/", b'{"message":"no"}', 400, "no"),
        (403, "AccessDeniedException", b'{"Message":"no"}', 403, "no"),
        (403, "ExpiredTokenException", b'{"message":"no"}', 401, "no"),
        (424, "ModelErrorException", b'{"message":"no","originalStatusCode":500}', 424, "no"),
        (429, "ThrottlingException", b"{}", 429, "ThrottlingException"),
        (502, "", b"<html><head><title>Bad Gateway</title></head>", 502, "Bad Gateway"),
        (500, "", b"", 500, NAMELESS),
        (500, "", b'"no"', 500, "no"),
        (500, "", b"[]", 500, NAMELESS),
        (401, "", b'{"message":"bad sk-abcdefghijkl"}', 401, "bad sk-***"),
    ],
)
def test_errors(status: int, named: str, body: bytes, seen: int, message: str) -> None:
    info = CODEC.error(status, {"x-amzn-errortype": named} if named else {}, body)
    assert (info.status, info.message) == (seen, message)
    assert info.code == (named.partition(":")[0] or None)


def test_an_error_named_in_the_body() -> None:
    body = b'{"__type":"com.amazon.coral.service#UnrecognizedClientException","message":"no"}'
    info = CODEC.error(403, {}, body)
    assert (info.status, info.code) == (401, "UnrecognizedClientException")
