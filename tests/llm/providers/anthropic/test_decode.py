"""The Messages wire, to chunks: by hand-made streams under tests/wire."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mirascope.llm import exceptions as exc
from mirascope.llm.content import (
    Citation,
    ProviderToolCall,
    ProviderToolOutput,
    Text,
    Thought,
    ToolCall,
)
from mirascope.llm.providers.anthropic.codec import AnthropicCodec
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

CODEC = AnthropicCodec()
MODEL = "anthropic/claude-sonnet-4-5"


def events(*messages: dict[str, Any]) -> list[tuple[str, bytes]]:
    return [(str(m.get("type", "")), json.dumps(m).encode()) for m in messages]


def fixture(name: str, **params: Any) -> Fold:
    body = (FIXTURES / f"anthropic-{name}.sse").read_bytes()
    decoder = CODEC.decoder(request(MODEL, **params))
    log = log_of(decode_events(decoder, events_of(CODEC, [body])))
    assert decoder.done
    assert decoder.terminal
    return log


def stream(*messages: dict[str, Any], **params: Any) -> Fold:
    return log_of(decode_events(CODEC.decoder(request(MODEL, **params)), events(*messages)))


def whole(message: dict[str, Any], **params: Any) -> Fold:
    return log_of(CODEC.decode(json.dumps(message).encode(), request(MODEL, **params)))


def block(index: int, **fields: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": fields}


def delta(index: int, kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **fields}}


STOP = {"type": "message_stop"}


def test_text() -> None:
    log = fixture("text")
    assert log.content == [Text(text="Héllo 🐉.")]
    assert log.finish_reason is None
    assert log.raw_message == {
        "role": "assistant",
        "content": [{"type": "text", "text": "Héllo 🐉."}],
    }
    assert log.usage is not None
    usage = log.usage
    assert (usage.input_tokens, usage.output_tokens) == (17, 7)
    assert (usage.cache_read_tokens, usage.cache_write_tokens) == (4, 3)
    assert usage.raw["output_tokens"] == 7
    assert usage.raw["cache_read_input_tokens"] == 4
    assert usage.provider_tool_usage is None


def test_thoughts_and_tools() -> None:
    log = fixture("thinking-tools", **SHOWN)
    assert parts_of(log) == [
        Thought(thought="Two cities, two calls."),
        Text(text="I will look. One moment."),
        ("toolu_1", "weather", {"city": "Paris"}),
        ("toolu_2", "now", {}),
    ]
    assert log.tool_calls[1] == ToolCall(id="toolu_2", name="now", args="{}")
    assert log.usage is not None
    assert log.usage.reasoning_tokens == 12
    assert log.raw_message == {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "Two cities, two calls.", "signature": "c2ln"},
            {"type": "redacted_thinking", "data": "cmVk"},
            {"type": "text", "text": "I will look. One moment."},
            {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Paris"}},
            {"type": "tool_use", "id": "toolu_2", "name": "now", "input": {}},
        ],
    }


def test_thoughts_nobody_asked_for_yield_nothing_but_are_kept_and_count_as_progress() -> None:
    decoder = CODEC.decoder(request(MODEL))
    body = (FIXTURES / "anthropic-thinking-tools.sse").read_bytes()
    seen: list[int] = []
    chunks: list[Any] = []
    for event in events_of(CODEC, [body]):
        if event[0] == "content_block_start":
            seen.append(decoder.progress)
        chunks += decoder.feed(event)
    log = log_of(chunks)
    assert log.thoughts == []
    assert seen[1] >= seen[0] + 2
    assert isinstance(log.raw_message, dict)
    assert "signature" in json.dumps(log.raw_message)


def test_server_tools_and_citations_are_kept_and_counted() -> None:
    log = fixture("web-search")
    assert log.content == [
        ProviderToolCall(id="srvtoolu_1", name="web_search", args='{"query":"dragons"}'),
        ProviderToolOutput(
            id="srvtoolu_1",
            name="web_search",
            result=[{"url": "https://example.com", "title": "Dragons"}],
        ),
        Text(
            text="They fly",
            citations=[Citation(url="https://example.com", cited_text="Dragons fly.")],
        ),
        Text(text=", it is said."),
    ]
    raw: Any = log.raw_message
    call, result, cited, plain = raw["content"]
    assert call["input"] == {"query": "dragons"}
    assert result["content"][0]["encrypted_content"] == "ZW5j"
    assert [c["cited_text"] for c in cited["citations"]] == ["Dragons fly."]
    assert plain == {"type": "text", "text": ", it is said."}
    assert log.usage is not None
    assert log.usage.input_tokens == 500
    assert log.usage.cache_read_tokens == 0
    assert log.usage.provider_tool_usage == [ProviderToolUsage(name="web_search", call_count=1)]


def test_what_is_not_known_is_kept() -> None:
    log = fixture("unknown")
    assert log.content == [
        ProviderToolCall(id="mcptoolu_1", name="echo", args="{}"),
        ProviderToolOutput(id="mcptoolu_1", name="echo", result=[{"type": "text", "text": "hi"}]),
        Text(text="Done."),
    ]
    raw: Any = log.raw_message
    assert raw["content"][0] == {"type": "compaction", "content": "Summary"}
    assert raw["content"][1] == {
        "type": "hologram",
        "shape": {"sides": 3},
        "beam": "ab",
        "intensity": 2,
    }
    assert raw["content"][3]["content"] == [{"type": "text", "text": "hi"}]
    assert log.usage is not None
    assert log.usage.provider_tool_usage == [ProviderToolUsage(name="mcp", call_count=1)]
    # The compaction is billed, but not in the vendor's totals.
    assert (log.usage.input_tokens, log.usage.output_tokens) == (1012 + 7, 59)


def test_a_tool_call_that_was_cut_off_is_no_crash() -> None:
    log = fixture("max-tokens-in-tool")
    assert log.finish_reason is FinishReason.MAX_TOKENS
    assert log.tool_calls == [ToolCall(id="toolu_1", name="weather", args='{"city": "Pa')]
    raw: Any = log.raw_message
    assert raw["content"][0]["input"] == {"invalid_arguments": '{"city": "Pa'}


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("end_turn", None),
        ("tool_use", None),
        ("stop_sequence", None),
        ("pause_turn", None),
        ("something_new", None),
        ("max_tokens", FinishReason.MAX_TOKENS),
        ("refusal", FinishReason.REFUSAL),
        ("model_context_window_exceeded", FinishReason.CONTEXT_LENGTH_EXCEEDED),
    ],
)
def test_finish_reasons(reason: str, expected: FinishReason | None) -> None:
    finish = {"type": "message_delta", "delta": {"stop_reason": reason}}
    text = [block(0, type="text", text="x"), {"type": "content_block_stop", "index": 0}]
    assert stream(*text, finish, STOP).finish_reason is expected
    content = [{"type": "text", "text": "x"}]
    assert whole({"content": content, "stop_reason": reason}).finish_reason is expected


@pytest.mark.parametrize(
    ("kind", "cls", "status"),
    [
        ("invalid_request_error", exc.BadRequestError, 400),
        ("authentication_error", exc.AuthenticationError, 401),
        ("billing_error", exc.APIError, 402),
        ("permission_error", exc.PermissionError, 403),
        ("not_found_error", exc.NotFoundError, 404),
        ("request_too_large", exc.BadRequestError, 413),
        ("rate_limit_error", exc.RateLimitError, 429),
        ("api_error", exc.ServerError, 500),
        ("overloaded_error", exc.ServerError, 529),
        ("brand_new_error", exc.ServerError, 500),
    ],
)
def test_errors_inside_a_stream(kind: str, cls: type[exc.APIError], status: int) -> None:
    error = {"type": "error", "error": {"type": kind, "message": "No."}, "request_id": "req_7"}
    for run in (lambda: stream(error), lambda: whole(error)):
        with pytest.raises(cls) as caught:
            run()
        assert type(caught.value) is cls
        assert caught.value.status_code == status
        assert caught.value.code == kind
        assert caught.value.request_id == "req_7"
        assert caught.value.provider == "anthropic"
        assert caught.value.model == MODEL
        assert str(caught.value) == f"anthropic/claude-sonnet-4-5: {status}: No."


def test_a_timeout_of_the_vendor_is_one() -> None:
    with pytest.raises(exc.TimeoutError):
        stream({"type": "error", "error": {"type": "timeout_error", "message": "Too long."}})


@pytest.mark.parametrize(
    "error",
    [
        {"error": {"message": "No.", "type": "x"}},
        {"type": "error", "error": "No."},
        {"type": "error", "message": "No."},
        {"error": {"error": {"message": "No."}}},
    ],
)
def test_errors_of_compatible_servers(error: dict[str, Any]) -> None:
    with pytest.raises(exc.ServerError, match=r"No\."):
        stream(error)


def test_an_error_after_text_keeps_the_text() -> None:
    body = (FIXTURES / "anthropic-overloaded.sse").read_bytes()
    decoder = CODEC.decoder(request(MODEL))
    *before, error = events_of(CODEC, [body])
    log = log_of([chunk for event in before for chunk in decoder.feed(event)])
    with pytest.raises(exc.ServerError) as caught:
        decoder.feed(error)
    assert caught.value.status_code == 529
    assert log.content == [Text(text="Hel")]
    assert not decoder.done


def test_a_stream_without_its_end_is_not_done() -> None:
    body = (FIXTURES / "anthropic-thinking-tools.sse").read_bytes()
    all_events = events_of(CODEC, [body])
    decoder = CODEC.decoder(request(MODEL))
    log = log_of(decode_events(decoder, all_events[:13]))  # inside the first call
    assert not decoder.done
    assert log.tool_calls == []  # half a call is none
    assert log.raw_message is None


@pytest.mark.parametrize(
    "payload",
    [b"", b"{", b"[]", b"null", b'"x"', b'{"type":1}', b'{"type":"content_block_start"}'],
)
def test_malformed_events(payload: bytes) -> None:
    with pytest.raises(exc.ResponseValidationError) as caught:
        CODEC.decoder(request(MODEL)).feed(("", payload))
    assert caught.value.provider == "anthropic"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"type":"message"}'])
def test_malformed_bodies(body: bytes) -> None:
    with pytest.raises(exc.ResponseValidationError):
        CODEC.decode(body, request(MODEL))


def test_what_compatible_servers_leave_out() -> None:
    """Neither types in payloads, nor starts of blocks, nor usage; and [DONE] at the end."""
    decoder = CODEC.decoder(request(MODEL))
    chunks = decode_events(
        decoder,
        [
            ("message_start", b'{"message":{"role":"assistant"}}'),
            ("content_block_delta", b'{"delta":{"type":"text_delta","text":"Hi"}}'),
            ("content_block_delta", b'{"index":7,"delta":{"type":"input_json_delta"}}'),
            ("message_delta", b'{"delta":{"stop_reason":"end_turn"},"error":null,"usage":null}'),
            ("message_stop", b"{}"),
            ("", b"[DONE]"),
        ],
    )
    log = log_of(chunks)
    assert decoder.done
    assert log.content == [Text(text="Hi")]
    assert log.usage is None


def test_a_message_may_begin_with_content() -> None:
    """As in the answer to a result that server-side code waited for."""
    call = {"type": "tool_use", "id": "toolu_1", "name": "roll", "input": {"sides": 6}}
    message = {"content": [call], "stop_reason": "tool_use", "usage": {"input_tokens": 0}}
    log = stream({"type": "message_start", "message": message}, STOP)
    assert parts_of(log) == [("toolu_1", "roll", {"sides": 6})]
    assert parts_of(whole(message)) == parts_of(log)
    assert log.raw_message == {"role": "assistant", "content": [call]}


def test_a_message_that_starts_again_adds_to_the_first() -> None:
    start = {"type": "message_start", "message": {}}
    log = stream(
        start,
        block(0, type="tool_use", id="a", name="f", input={}),
        delta(0, "input_json_delta", partial_json='{"x":'),
        start,
        block(0, type="tool_use", id="b", name="f", input={}),
        delta(0, "input_json_delta", partial_json='{"x":1}'),
        STOP,
    )
    assert [call.id for call in log.tool_calls] == ["a", "b"]
    raw: Any = log.raw_message
    assert [b["input"] for b in raw["content"]] == [{"invalid_arguments": '{"x":'}, {"x": 1}]


def test_ids_are_unique_and_the_same_in_the_raw_message() -> None:
    call = {"type": "tool_use", "id": "same", "name": "f", "input": {}}
    log = whole({"content": [call, call, {**call, "id": None}]})
    ids = [call.id for call in log.tool_calls]
    raw: Any = log.raw_message
    assert ids == ["same", "same_2", "toolu_2"]
    assert [b["id"] for b in raw["content"]] == ids


def test_blank_text_does_not_go_back() -> None:
    log = whole({"content": [{"type": "text", "text": "\n"}, {"type": "text", "text": ""}]})
    assert log.content == [Text(text="\n")]
    assert log.raw_message is None


def test_pings_are_no_progress() -> None:
    decoder = CODEC.decoder(request(MODEL))
    ping = {"type": "ping"}
    for event in events(ping, {"type": "message_start", "message": {}}, ping):
        decoder.feed(event)
    assert decoder.progress == 0
    decoder.feed(events(block(0, type="server_tool_use", id="s", name="web_search"))[0])
    assert decoder.progress == 1


def test_usage_reports_replace_each_other_also_downwards() -> None:
    def report(**usage: Any) -> dict[str, Any]:
        return {"type": "message_delta", "delta": {}, "usage": usage}

    log = stream(
        {"type": "message_start", "message": {"usage": {"input_tokens": 60_000}}},
        report(input_tokens=612.0, output_tokens=None),
        report(output_tokens=5),
        STOP,
    )
    assert log.usage is not None
    assert (log.usage.input_tokens, log.usage.output_tokens) == (612, 5)


def test_blocks_that_are_interleaved_are_told_apart() -> None:
    def block(index: int, **fields: Any) -> dict[str, Any]:
        return {"type": "content_block_start", "index": index, "content_block": fields}

    def delta(index: int, **fields: Any) -> dict[str, Any]:
        return {"type": "content_block_delta", "index": index, "delta": fields}

    log = stream(
        {"type": "message_start", "message": {"content": []}},
        block(0, type="text", text=""),
        block(1, type="text", text=""),
        block(2, type="tool_use", id="t", name="f", input={}),
        delta(1, type="text_delta", text="B"),
        delta(0, type="text_delta", text="A"),
        delta(2, type="input_json_delta", partial_json='{"x":'),
        delta(1, type="text_delta", text="b"),
        delta(2, type="input_json_delta", partial_json="1}"),
        delta(0, type="text_delta", text="a"),
        *({"type": "content_block_stop", "index": index} for index in (2, 0, 1)),
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}},
        STOP,
    )
    assert [text.text for text in log.texts] == ["Bb", "Aa"]  # in the order they began to speak
    assert [call.args for call in log.tool_calls] == ['{"x":1}']
