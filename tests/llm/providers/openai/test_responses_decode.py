"""The Responses API to chunks: hand-made streams, and what servers do differently."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mirascope.llm import exceptions as exc
from mirascope.llm.content import Citation, ProviderToolCall, Text, Thought, ToolCall
from mirascope.llm.providers.openai.responses import OpenAIResponsesCodec
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

CODEC = OpenAIResponsesCodec()
MODEL = "openai/gpt-5"


def event(type: str, **fields: Any) -> tuple[str, bytes]:
    return (type, json.dumps({"type": type, **fields}).encode())


def response(*output: dict[str, Any], status: str = "completed", **more: Any) -> dict[str, Any]:
    return {"status": status, "output": list(output), **more}


def completed(*output: dict[str, Any], **more: Any) -> tuple[str, bytes]:
    return event("response.completed", response=response(*output, **more))


def stream(*events: tuple[str, bytes], **params: Any) -> Fold:
    decoder = CODEC.decoder(request(MODEL, **{**SHOWN, **params}))
    log = log_of(decode_events(decoder, events))
    assert decoder.done
    assert decoder.terminal
    return log


def whole(body: dict[str, Any], **params: Any) -> Fold:
    asked = request(MODEL, **{**SHOWN, **params})
    return log_of(CODEC.decode(json.dumps(body).encode(), asked))


def fixture_events(name: str) -> list[tuple[str, bytes]]:
    return events_of(CODEC, [(FIXTURES / f"openai-responses-{name}.sse").read_bytes()])


def text_delta(delta: str, item: int | None = 0, content: int = 0, **more: Any) -> Any:
    place = {} if item is None else {"output_index": item}
    return event("response.output_text.delta", **place, content_index=content, delta=delta, **more)


def message(*texts: str, **more: Any) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []} for text in texts]
    return {"type": "message", "role": "assistant", "content": content, **more}


def call(call_id: str, name: str, args: str, **more: Any) -> dict[str, Any]:
    return {"type": "function_call", "call_id": call_id, "name": name, "arguments": args, **more}


def called(log: Fold) -> list[tuple[str, str, str]]:
    return [(call.id, call.name, call.args) for call in log.tool_calls]


SEARCH = ProviderToolCall(id="ws_1", name="web_search", args='{"type":"search","query":"dragons"}')
CITED = Text(
    text="Zwei Drachen 🐉.",
    citations=[Citation(start=0, end=3, url="https://example.com/d", title="Dragons")],
)


def test_thoughts_a_search_and_text() -> None:
    log = stream(*fixture_events("search"))
    assert log.content == [
        Thought(thought="Search first."),
        Thought(thought="Then answer."),
        SEARCH,
        CITED,
    ]
    assert log.usage is not None
    assert (log.usage.input_tokens, log.usage.output_tokens) == (30, 12)
    assert (log.usage.cache_read_tokens, log.usage.reasoning_tokens) == (8, 5)
    assert log.usage.provider_tool_usage == [ProviderToolUsage(name="web_search", call_count=1)]
    raw: Any = log.raw_message
    assert [item["type"] for item in raw] == ["reasoning", "web_search_call", "message"]
    assert "encrypted_content" not in raw[0]
    assert raw[2]["content"][0]["annotations"][0]["url"] == "https://example.com/d"
    hidden = stream(*fixture_events("search"), thinking=None)
    assert hidden.content == [SEARCH, CITED]
    assert hidden.raw_message == raw


def test_calls_that_are_interleaved() -> None:
    log = stream(*fixture_events("tools"))
    assert parts_of(log) == [
        ("call_b", "time", {"zone": "CET"}),
        ("call_a", "weather", {"city": "Wien"}),
    ]


def test_a_refusal() -> None:
    log = stream(*fixture_events("refusal"))
    assert log.content == [Text(text="I will not.")]
    assert log.finish_reason is FinishReason.REFUSAL


def test_an_answer_cut_off() -> None:
    log = stream(*fixture_events("incomplete"))
    assert log.content == [Text(text="Once upon")]
    assert log.finish_reason is FinishReason.MAX_TOKENS
    filtered = response(status="incomplete", incomplete_details={"reason": "content_filter"})
    assert whole(filtered).finish_reason is FinishReason.REFUSAL


@pytest.mark.parametrize("name", ["search", "refusal", "incomplete"])
def test_a_whole_body_is_its_stream(name: str) -> None:
    events = fixture_events(name)
    body = json.loads(events[-1][1])["response"]
    streamed, read = stream(*events), whole(body)
    assert read.content == streamed.content
    assert read.finish_reason == streamed.finish_reason
    assert read.usage == streamed.usage
    assert read.raw_message == streamed.raw_message


# --- errors


def test_a_failed_answer() -> None:
    decoder = CODEC.decoder(request(MODEL))
    *events, last = fixture_events("failed")
    log = log_of([c for e in events for c in decoder.feed(e)])
    assert log.texts[0].text == "Once upon"
    with pytest.raises(exc.ServerError, match="produced an error") as caught:
        decoder.feed(last)
    assert (caught.value.code, caught.value.status_code) == ("server_error", 500)
    assert (caught.value.provider, caught.value.model) == ("openai", MODEL)
    assert not decoder.done
    with pytest.raises(exc.ServerError, match="produced an error"):
        whole(json.loads(last[1])["response"])


def test_an_error_event() -> None:
    with pytest.raises(exc.RateLimitError, match=r"^openai/gpt-5: 429: Slow down\.$") as caught:
        stream(*fixture_events("error"))
    assert caught.value.code == "rate_limit_exceeded"


@pytest.mark.parametrize(
    ("failing", "cls"),
    [
        (event("error", error={"code": "insufficient_quota", "message": "x"}), exc.RateLimitError),
        (event("error", code="server_error", message="x"), exc.ServerError),
        (event("error", message="x", code=None), exc.ServerError),
        (event("error"), exc.ServerError),
        (("", b'{"error": {"message": "x", "code": 401}}'), exc.AuthenticationError),
        (("", b'{"detail": "x"}'), exc.ServerError),
        (("error", b"went away"), exc.ServerError),
        (
            event(
                "response.failed",
                response=response(
                    status="failed", error={"code": "rate_limit_exceeded", "message": "x"}
                ),
            ),
            exc.RateLimitError,
        ),
        (
            event("response.failed", response={"error": {"code": "invalid_prompt"}}),
            exc.BadRequestError,
        ),
        (
            event("response.failed", response={"error": {"code": "image_too_large"}}),
            exc.BadRequestError,
        ),
        (
            event("response.failed", response={"error": {"code": "vector_store_timeout"}}),
            exc.TimeoutError,
        ),
        (event("response.failed"), exc.ServerError),
        (completed(status="failed"), exc.ServerError),
        (completed(status="cancelled"), exc.APIError),
    ],
)
def test_the_class_of_an_error(failing: tuple[str, bytes], cls: type[Exception]) -> None:
    with pytest.raises(exc.ProviderError) as caught:
        CODEC.decoder(request(MODEL)).feed(failing)
    assert type(caught.value) is cls


def test_a_body_that_is_an_error() -> None:
    with pytest.raises(exc.BadRequestError, match="no"):
        whole({"error": {"code": "invalid_request_error", "message": "no"}})
    with pytest.raises(exc.ServerError):
        whole({"status": "failed", "output": None})
    with pytest.raises(exc.ServerError, match="no"):
        whole({"detail": "no"})
    with pytest.raises(exc.ResponseValidationError, match="no output"):
        whole({"status": "completed"})


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"[1]",
        b'{"type": 5}',
        b'{"type": "response.output_item.added", "item": 5}',
        b'{"type": "response.completed", "response": {"output": 5}}',
        b'{"type": "response.completed", "response": [1]}',
        b"[" * 50_000,
    ],
)
def test_a_malformed_event_is_a_validation_error(data: bytes) -> None:
    with pytest.raises(exc.ResponseValidationError) as caught:
        CODEC.decoder(request(MODEL)).feed(("", data))
    assert caught.value.model == MODEL


def test_a_stream_without_its_last_event_is_not_done() -> None:
    decoder = CODEC.decoder(request(MODEL))
    log = log_of(decode_events(decoder, fixture_events("search")[:-1]))
    assert not decoder.done
    assert log.texts[0].text == "Zwei Drachen 🐉."
    assert log.raw_message is None


# --- what is said once, or twice, or in another order


def test_what_only_the_done_events_say() -> None:
    log = stream(
        event("response.output_text.done", output_index=0, content_index=0, text="One."),
        event("response.refusal.done", output_index=0, content_index=1, refusal="No."),
        event("response.reasoning_summary_text.done", output_index=1, summary_index=0, text="Hm."),
        event("response.reasoning_text.done", output_index=1, content_index=0, text="So."),
        event("response.output_item.done", output_index=2, item=call("a", "f", "{}")),
        completed(),
    )
    assert log.content == [
        Text(text="One."),
        Text(text="No."),
        Thought(thought="Hm."),
        Thought(thought="So."),
        ToolCall(id="a", name="f", args="{}"),
    ]
    assert log.finish_reason is FinishReason.REFUSAL


def test_what_only_the_last_event_says() -> None:
    log = stream(completed(message("One.", "Two."), call("a", "f", '{"x":1}')))
    assert log.content == [
        Text(text="One."),
        Text(text="Two."),
        ToolCall(id="a", name="f", args='{"x":1}'),
    ]
    late = stream(text_delta("One."), completed(message("One."), call("a", "f", "{}")))
    assert late.content == [Text(text="One."), ToolCall(id="a", name="f", args="{}")]


def test_a_last_event_without_output() -> None:
    """As ChatGPT's own endpoint sends it."""
    said = message("Yes.", id="msg_1", status=None)
    log = stream(
        event("response.output_item.added", output_index=1, item=message(id="msg_1")),
        text_delta("Yes.", 1),
        event("response.output_item.done", output_index=1, item=said),
        event("response.output_item.done", output_index=0, item={"type": "reasoning", "id": "r"}),
        completed(),
    )
    assert log.content == [Text(text="Yes.")]
    del said["status"]
    assert log.raw_message == [{"type": "reasoning", "id": "r"}, said]


def test_items_without_places() -> None:
    """As llama.cpp sends them: items are told apart by their ids, or come one by one."""

    def args(delta: str, **more: Any) -> tuple[str, bytes]:
        return event("response.function_call_arguments.delta", delta=delta, **more)

    first, second = call("a", "f", "", id="i1"), call("b", "g", "", id="i2")
    log = stream(
        event("response.output_item.added", item=message()),
        text_delta("Yes.", None),
        event("response.output_item.done", item=message("Yes.")),
        event("response.output_item.added", item=first),
        event("response.output_item.added", item=second),
        args('{"x":', item_id="i1"),
        args('{"y":2}', item_id="i2"),
        args("1}", item_id="i1"),
        event("response.output_item.done", item={**first, "arguments": '{"x":1}'}),
        event("response.output_item.done", item={**second, "arguments": '{"y":2}'}),
        event("response.output_item.done", item=call("c", "h", "{}")),
        completed(),
    )
    assert log.texts == [Text(text="Yes.")]
    assert called(log) == [("a", "f", '{"x":1}'), ("b", "g", '{"y":2}'), ("c", "h", "{}")]
    raw: Any = log.raw_message
    assert [item.get("call_id") for item in raw] == [None, "a", "b", "c"]


def test_item_ids_that_change_with_every_event() -> None:
    """As GitHub Copilot sends them."""
    log = stream(
        event("response.output_item.added", output_index=0, item=message(id="x1")),
        text_delta("Ye", 0, item_id="x2"),
        text_delta("s.", 0, item_id="x3"),
        event("response.output_item.done", output_index=0, item=message("Yes.", id="x4")),
        completed(message("Yes.", id="x5")),
    )
    assert log.content == [Text(text="Yes.")]


def test_deltas_before_the_call_has_a_name() -> None:
    def args(kind: str, **more: Any) -> tuple[str, bytes]:
        return event(f"response.function_call_arguments.{kind}", output_index=0, **more)

    log = stream(
        args("delta", delta='{"x"'),
        args("delta", delta=":1}"),
        args("done", arguments='{"x":1}'),
        event("response.output_item.done", output_index=0, item=call("a", "f", '{"x":1}')),
        completed(),
    )
    assert called(log) == [("a", "f", '{"x":1}')]


def test_a_call_without_any_id() -> None:
    item = {"type": "function_call", "name": "f", "arguments": "{}"}
    log = stream(completed(item, {**item, "name": "g"}))
    assert called(log) == [("call_0", "f", "{}"), ("call_1", "g", "{}")]
    raw: Any = log.raw_message
    assert [item["call_id"] for item in raw] == ["call_0", "call_1"]


@pytest.mark.parametrize("id", [["a"], {"a": 1}, 7, None])
def test_a_call_whose_id_is_no_text_in_the_last_event(id: object) -> None:
    late = {"type": "function_call", "call_id": id, "name": "f", "arguments": "{}"}
    log = stream(text_delta("Hm."), completed(message("Hm."), late))
    [(made_up, name, args)] = called(log)
    assert (name, args) == ("f", "{}")
    assert isinstance(made_up, str)


def test_a_call_cut_off() -> None:
    item = call("a", "f", '{"x":1', status="incomplete")
    log = stream(
        event("response.output_item.added", output_index=0, item={**item, "arguments": ""}),
        event("response.function_call_arguments.delta", output_index=0, delta='{"x":1'),
        event("response.output_item.done", output_index=0, item=item),
        event(
            "response.incomplete",
            response=response(
                item, status="incomplete", incomplete_details={"reason": "max_output_tokens"}
            ),
        ),
    )
    assert called(log) == [("a", "f", '{"x":1')]
    assert log.finish_reason is FinishReason.MAX_TOKENS


def test_parts_of_one_message_are_texts_of_their_own() -> None:
    log = stream(text_delta("A"), text_delta("B", 0, 1), text_delta("C", 1), completed())
    assert [text.text for text in log.texts] == ["A", "B", "C"]


def test_items_of_other_kinds_are_kept_raw() -> None:
    strange = {"type": "telepathy_call", "id": "t", "thoughts": [1]}
    code = {"type": "code_interpreter_call", "id": "ci", "code": "1"}
    usage = {"input_tokens": 1, "output_tokens": 1}
    log = stream(
        event("response.output_item.added", output_index=0, item=strange),
        event("response.telepathy_call.delta", output_index=0, delta="om"),
        event("response.code_interpreter_call_code.delta", output_index=1, delta="1"),
        event("response.output_item.done", output_index=0, item=strange),
        completed(strange, code, code, usage=usage),
    )
    assert log.content == []
    assert log.raw_message == [strange, code, code]
    assert log.usage is not None
    assert log.usage.provider_tool_usage == [ProviderToolUsage(name="code_execution", call_count=2)]


def test_token_counts_are_never_below_zero() -> None:
    usage = {
        "input_tokens": -5,
        "output_tokens": 3,
        "output_tokens_details": {"reasoning_tokens": -1},
    }
    counted = stream(completed(message("Hm."), usage=usage)).usage
    assert counted is not None
    assert (counted.input_tokens, counted.output_tokens, counted.reasoning_tokens) == (0, 3, 0)


def test_tools_that_a_server_counts_itself() -> None:
    details = {"web_search_calls": 2, "x_search_calls": 1, "code_interpreter_calls": 0}
    usage = {"input_tokens": 1, "output_tokens": 1, "server_side_tool_usage_details": details}
    log = stream(completed(message("x"), usage=usage))
    assert log.usage is not None
    assert log.usage.provider_tool_usage == [
        ProviderToolUsage(name="web_search", call_count=2),
        ProviderToolUsage(name="x_search", call_count=1),
    ]


def test_hidden_thoughts_and_server_tools_are_progress() -> None:
    decoder = CODEC.decoder(request(MODEL))
    thought = event("response.reasoning_text.delta", output_index=0, content_index=0, delta="Hm")
    assert decoder.feed(thought) == []
    assert decoder.progress == 1
    decoder.feed(event("response.code_interpreter_call_code.delta", output_index=1, delta="1"))
    assert decoder.progress == 2
    decoder.feed(event("response.in_progress", response={}))
    assert decoder.progress == 2


def test_nothing_counts_after_the_end() -> None:
    log = stream(
        completed(message("x"), usage={"input_tokens": 1, "output_tokens": 1}),
        text_delta("late", 7),
        completed(message("y")),
        ("", b"[DONE]"),
    )
    assert log.content == [Text(text="x")]
    assert log.raw_message == [message("x")]


def test_the_name_of_an_event_stands_in_for_its_type() -> None:
    body = json.dumps({"response": response(message("x"))}).encode()
    assert stream(("response.completed", body)).content == [Text(text="x")]
