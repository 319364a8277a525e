"""Chat Completions to chunks: hand-made streams, and what servers do differently."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from mirascope.llm import exceptions as exc
from mirascope.llm.content import Citation, Text, Thought, ToolCall
from mirascope.llm.formatting.format_tool import FORMAT_TOOL_NAME
from mirascope.llm.messages import assistant, user
from mirascope.llm.providers.openai import quirks
from mirascope.llm.providers.openai.chat import OpenAIChatCodec
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

CODEC = OpenAIChatCodec()
MODEL = "openai/gpt-4o"
DONE = ("", b"[DONE]")


def event(payload: Any) -> tuple[str, bytes]:
    return ("", json.dumps(payload).encode())


def chunk(finish: str | None = None, **delta: Any) -> tuple[str, bytes]:
    return event({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})


def calls(*pieces: dict[str, Any], finish: str | None = None) -> tuple[str, bytes]:
    return chunk(finish, tool_calls=list(pieces))


def piece(
    index: int | None = None, id: str | None = None, name: str | None = None, args: Any = None
) -> dict[str, Any]:
    function = {"name": name, "arguments": args}
    whole = {"index": index, "id": id, "function": function}
    return {key: value for key, value in whole.items() if value is not None}


def stream(*events: tuple[str, bytes], **params: Any) -> Fold:
    decoder = CODEC.decoder(request(MODEL, **{**SHOWN, **params}))
    log = log_of(decode_events(decoder, events))
    assert decoder.done
    return log


def whole(message: dict[str, Any], finish: str = "stop", **more: Any) -> Fold:
    body = {"choices": [{"index": 0, "message": message, "finish_reason": finish}], **more}
    return log_of(CODEC.decode(json.dumps(body).encode(), request(MODEL, **SHOWN)))


def fixture(name: str, **params: Any) -> Fold:
    body = (FIXTURES / f"openai-chat-{name}.sse").read_bytes()
    decoder = CODEC.decoder(request(MODEL, **params))
    log = log_of(decode_events(decoder, events_of(CODEC, [body])))
    assert decoder.done
    assert decoder.terminal
    return log


def called(log: Fold) -> list[tuple[str, str, str]]:
    return [(call.id, call.name, call.args) for call in log.tool_calls]


def test_text() -> None:
    log = fixture("text")
    assert log.content == [Text(text="Zwei Drachen 🐉 und ein Ei.")]
    assert log.finish_reason is None
    assert log.raw_message == {"role": "assistant", "content": "Zwei Drachen 🐉 und ein Ei."}
    assert log.usage is not None
    assert (log.usage.input_tokens, log.usage.output_tokens) == (20, 9)
    assert (log.usage.cache_read_tokens, log.usage.reasoning_tokens) == (16, 4)
    assert log.usage.raw["prompt_tokens_details"]["audio_tokens"] == 0


def test_parallel_calls_in_pieces() -> None:
    log = fixture("tools")
    assert parts_of(log) == [
        Text(text="Looking."),
        ("call_a", "weather", {"city": "Wien"}),
        ("call_b", "time", {"zone": "CET"}),
        ("call_c", "noop", {}),
    ]
    raw: Any = log.raw_message
    assert [call["function"]["arguments"] for call in raw["tool_calls"]] == [
        '{"city":"Wien"}',
        '{"zone":"CET"}',
        "{}",
    ]


def test_reasoning_becomes_thoughts_when_asked_for() -> None:
    shown = fixture("reasoning", **SHOWN)
    call = ToolCall(id="call_a", name="weather", args='{"city":"Wien"}')
    assert shown.content == [Thought(thought="First this."), Text(text="Answer"), call]
    hidden = fixture("reasoning")
    assert hidden.content == [Text(text="Answer"), call]
    raw: Any = hidden.raw_message
    assert raw == shown.raw_message
    assert raw["reasoning_content"] == "First this."


def test_hidden_thoughts_are_progress() -> None:
    decoder = CODEC.decoder(request(MODEL))
    assert decoder.feed(chunk(reasoning="Hm")) == []
    assert decoder.progress == 1
    decoder.feed(chunk(content=""))
    assert decoder.progress == 1
    decoder.feed(chunk(audio={"data": "QQ=="}))
    assert decoder.progress == 2


def test_structured_reasoning_and_citations_are_kept() -> None:
    log = fixture("openrouter", **SHOWN)
    cited = [Citation(url="https://example.com/a", title="A")]
    assert log.content == [Thought(thought="I think"), Text(text="Yes.", citations=cited)]
    raw: Any = log.raw_message
    assert raw["reasoning"] == "I think"
    assert raw["reasoning_details"] == [
        {
            "type": "reasoning.text",
            "text": "I think",
            "format": "anthropic-claude-v1",
            "index": 0,
            "signature": "c2ln",
        }
    ]
    assert raw["annotations"][0]["url_citation"]["url"] == "https://example.com/a"
    assert log.usage is not None
    assert log.usage.provider_tool_usage == [ProviderToolUsage(name="web_search", call_count=2)]
    assert log.usage.raw["cost"] == 0.1


def test_content_that_is_a_list() -> None:
    log = fixture("mistral", **SHOWN)
    assert log.content == [
        Thought(thought="Hm, yes."),
        Text(text="2 + 2 = 4"),
        ToolCall(id="AbCdEfGh1", name="weather", args='{"city": "Wien"}'),
        ToolCall(id="AbCdEfGh2", name="weather", args='{"city": "Graz"}'),
    ]
    raw: Any = log.raw_message
    assert raw["content"] == [
        {
            "type": "thinking",
            "thinking": [{"type": "text", "text": "Hm, yes."}],
            "closed": True,
        },
        {"type": "text", "text": "2 + 2 = 4"},
    ]
    body = whole({"role": "assistant", "content": raw["content"]})
    assert body.content == [Thought(thought="Hm, yes."), Text(text="2 + 2 = 4")]
    assert body.raw_message == {"role": "assistant", "content": raw["content"]}


def test_an_error_inside_a_stream() -> None:
    body = (FIXTURES / "openai-chat-error.sse").read_bytes()
    decoder = CODEC.decoder(request(MODEL))
    *events, last = events_of(CODEC, [body])
    log = log_of([c for e in events for c in decoder.feed(e)])
    assert log.texts[0].text == "Partial"
    with pytest.raises(exc.RateLimitError, match="Rate limit reached") as caught:
        decoder.feed(last)
    error = caught.value
    assert (error.status_code, error.code) == (429, "rate_limit_exceeded")
    assert (error.provider, error.model) == ("openai", MODEL)
    assert "sk-fake" not in str(error)
    assert not decoder.done


@pytest.mark.parametrize(
    ("payload", "cls"),
    [
        ({"error": {"message": "x", "code": 429}}, exc.RateLimitError),
        ({"error": {"message": "x", "code": "429"}}, exc.RateLimitError),
        ({"error": {"message": "x", "status": 503.0}}, exc.ServerError),
        ({"error": {"message": "x", "code": "insufficient_quota"}}, exc.RateLimitError),
        ({"error": {"message": "x", "type": "server_error", "code": None}}, exc.ServerError),
        ({"error": {"message": "x", "code": "context_length_exceeded"}}, exc.BadRequestError),
        ({"error": {"message": "x", "type": "overloaded_error"}}, exc.ServerError),
        ({"error": {"message": "x", "code": "model_not_found"}}, exc.NotFoundError),
        ({"error": {"message": "x", "type": "authentication_error"}}, exc.AuthenticationError),
        ({"error": {"message": "x", "code": 504}}, exc.TimeoutError),
        ({"error": {"message": "x", "code": 402}}, exc.APIError),
        ({"error": "x"}, exc.ServerError),
        ({"object": "error", "message": "x", "code": 400}, exc.BadRequestError),
        ({"detail": "x"}, exc.ServerError),
        ({"choices": [{"finish_reason": "error", "delta": {}}]}, exc.ServerError),
        (
            {"choices": [{"delta": {}, "error": {"message": "x", "code": 502}}]},
            exc.ServerError,
        ),
        (
            {"choices": [{"delta": {}, "finish_reason": "insufficient_system_resource"}]},
            exc.ServerError,
        ),
    ],
)
def test_the_class_of_an_error_inside_a_stream(payload: Any, cls: type[Exception]) -> None:
    with pytest.raises(exc.ProviderError) as streamed:
        CODEC.decoder(request(MODEL)).feed(event(payload))
    with pytest.raises(exc.ProviderError) as whole:
        CODEC.decode(json.dumps(payload).encode(), request(MODEL))
    assert type(streamed.value) is type(whole.value) is cls


def test_an_error_in_words() -> None:
    with pytest.raises(exc.ServerError, match="upstream went away"):
        CODEC.decoder(request(MODEL)).feed(("error", b"upstream went away"))


# --- ends


def test_a_stream_that_stops_in_the_middle_is_not_done() -> None:
    body = (FIXTURES / "openai-chat-cut.sse").read_bytes()
    decoder = CODEC.decoder(request(MODEL))
    log = log_of(decode_events(decoder, events_of(CODEC, [body])))
    assert not decoder.done
    assert log.texts[0].text == "Half an answ"
    assert log.raw_message is None


def test_a_finish_reason_ends_an_answer_without_done() -> None:
    decoder = CODEC.decoder(request(MODEL))
    decoder.feed(chunk(content="x"))
    assert not decoder.done
    decoder.feed(chunk("stop"))
    assert decoder.done
    assert not decoder.terminal
    assert log_of(decoder.close()).raw_message == {"role": "assistant", "content": "x"}


@pytest.mark.parametrize(
    ("codec", "known"),
    [(OpenAIChatCodec(quirks.OPENROUTER), True), (OpenAIChatCodec(quirks.COMPATIBLE), False)]
    + [(CODEC, False)],
)
def test_done_alone_ends_a_whole_answer_of_servers_known_for_it(
    codec: OpenAIChatCodec, known: bool
) -> None:
    cut = [[], [calls(piece(0, "a", "f", '{"x": '))], [calls(piece(0, "a"))]]
    whole = [[chunk(content="x")], [calls(piece(0, "a", "f", "{}"))]]
    for events in cut + whole:
        decoder = codec.decoder(request(MODEL))
        log = log_of([*decode_events(decoder, [*events, DONE]), *decoder.close()])
        assert decoder.done is decoder.terminal is (known and events in whole)
        assert (log.raw_message is not None) is decoder.done


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("stop", None),
        ("tool_calls", None),
        ("eos", None),
        ("length", FinishReason.MAX_TOKENS),
        ("content_filter", FinishReason.REFUSAL),
        ("model_length", FinishReason.CONTEXT_LENGTH_EXCEEDED),
    ],
)
def test_finish_reasons(reason: str, finish: FinishReason | None) -> None:
    assert stream(chunk(content="x"), chunk(reason)).finish_reason is finish
    assert whole({"content": "x"}, reason).finish_reason is finish


def test_a_refusal_is_text_and_a_finish_reason() -> None:
    events = [chunk(content=None, refusal=""), chunk(refusal="I will "), chunk(refusal="not.")]
    for log in (stream(*events, chunk("stop")), whole({"content": None, "refusal": "I will not."})):
        assert log.content == [Text(text="I will not.")]
        assert log.finish_reason is FinishReason.REFUSAL
        assert log.raw_message == {"role": "assistant", "refusal": "I will not."}


def test_what_follows_the_finish_is_no_content() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 2}
    log = stream(
        chunk("stop", content="x"),
        chunk("stop", content="", role="assistant"),
        chunk(content="late"),
        event({"choices": [], "usage": usage}),
        DONE,
    )
    assert log.content == [Text(text="x")]
    assert log.raw_message == {"role": "assistant", "content": "x"}
    assert log.usage is not None
    assert log.usage.total_tokens == 3


# --- tool calls of servers


def test_calls_without_an_index() -> None:
    assert called(
        stream(
            calls(piece(None, "a", "f", '{"x":')),
            calls(piece(None, None, None, "1}")),
            calls(piece(None, "b", "g", "{}")),
            chunk("tool_calls"),
        )
    ) == [("a", "f", '{"x":1}'), ("b", "g", "{}")]


def test_every_call_at_index_0() -> None:
    assert called(
        stream(
            calls(piece(0, "a", "f", "{}"), piece(0, "b", "f", "{}")),
            calls(piece(0, "c", "g", '{"x":'), piece(0, None, None, "1}")),
            chunk("tool_calls"),
        )
    ) == [("a", "f", "{}"), ("b", "f", "{}"), ("c", "g", '{"x":1}')]


def test_calls_without_ids_get_ids_of_their_own() -> None:
    history = [
        user("Hi."),
        assistant(ToolCall(id="call_0", name="f", args="{}"), model_id=MODEL, provider_id="openai"),
    ]
    decoder = CODEC.decoder(request(MODEL, history))
    events = [calls(piece(0, None, "f", "{}"), piece(1, None, "f", "{}")), chunk("tool_calls")]
    log = log_of(decode_events(decoder, events))
    assert [call.id for call in log.tool_calls] == ["call_1", "call_2"]
    raw: Any = log.raw_message
    assert [call["id"] for call in raw["tool_calls"]] == ["call_1", "call_2"]
    body = whole({"tool_calls": [piece(None, None, "f", "{}"), piece(None, None, "g", "{}")]})
    assert called(body) == [("call_0", "f", "{}"), ("call_1", "g", "{}")]


def test_whole_calls_with_neither_index_nor_id() -> None:
    assert called(
        stream(
            calls(piece(None, None, "f", '{"x":1}'), piece(None, None, "f", '{"x":2}')),
            calls(piece(None, None, "g", "")),
            chunk("tool_calls"),
        )
    ) == [("call_0", "f", '{"x":1}'), ("call_1", "f", '{"x":2}'), ("call_2", "g", "{}")]


def test_a_name_that_comes_late_or_again() -> None:
    late = stream(
        calls(piece(0, "a")),
        calls(piece(0, None, None, '{"x"')),
        calls(piece(0, "a", "f", ":1}")),
        chunk("tool_calls"),
        DONE,
    )
    assert called(late) == [("a", "f", '{"x":1}')]
    again = stream(
        calls(piece(0, None, "f", "")),
        calls(piece(0, None, "f", '{"x":')),
        calls(piece(0, None, "f", "1}")),
        chunk("tool_calls"),
    )
    assert called(again) == [("call_0", "f", '{"x":1}')]
    never = stream(calls(piece(0, "a", None, "{}")), chunk("tool_calls"))
    assert called(never) == [("a", "", "{}")]


def test_ids_are_unique_in_an_answer() -> None:
    log = stream(calls(piece(0, "a", "f", "{}"), piece(1, "a", "f", "{}")), chunk("tool_calls"))
    assert [call.id for call in log.tool_calls] == ["a", "a_2"]
    raw: Any = log.raw_message
    assert [call["id"] for call in raw["tool_calls"]] == ["a", "a_2"]


def test_arguments_that_are_an_object_and_ids_that_are_a_number() -> None:
    log = stream(
        calls({"index": 0, "id": 7, "function": {"name": "f", "arguments": {"x": "é"}}}),
        chunk("tool_calls"),
        DONE,
    )
    assert called(log) == [("7", "f", '{"x": "é"}')]


def test_text_after_calls() -> None:
    decoder = CODEC.decoder(request(MODEL))
    log = log_of(decoder.feed(calls(piece(0, "a", "f", "{}"))))
    for later in decoder.feed(chunk(content="And ")):
        log.add(later)
    assert log.tool_calls  # the call is whole, so the text need not wait for the finish
    assert log.texts[0].text == "And "
    for later in [*decoder.feed(chunk(content="so.")), *decoder.feed(chunk("stop"))]:
        log.add(later)
    assert [type(part) for part in log.content] == [ToolCall, Text]


def test_the_calls_of_old() -> None:
    log = stream(
        chunk(function_call={"name": "f", "arguments": ""}),
        chunk(function_call={"arguments": '{"x":1}'}),
        chunk("function_call"),
    )
    assert called(log) == [("call_0", "f", '{"x":1}')]
    body = whole({"content": None, "function_call": {"name": "f", "arguments": "{}"}})
    assert called(body) == [("call_0", "f", "{}")]
    raw: Any = body.raw_message
    assert "function_call" not in raw
    assert raw["tool_calls"][0]["id"] == "call_0"


def test_custom_calls_are_left_out() -> None:
    custom = {"id": "c", "type": "custom", "custom": {"name": "sql", "input": "select 1"}}
    log = whole({"content": "x", "tool_calls": [custom, piece(None, "a", "f", "{}")]})
    assert called(log) == [("a", "f", "{}")]


def test_thought_signatures_of_calls_are_kept() -> None:
    extra = {"google": {"thought_signature": "c2ln"}}
    log = stream(
        calls({**piece(0, "a", "f", "{}"), "extra_content": extra}), chunk("tool_calls"), DONE
    )
    raw: Any = log.raw_message
    assert raw["tool_calls"][0]["extra_content"] == extra


# --- other things servers add


def test_only_the_first_of_several_answers_is_read() -> None:
    def both(first: dict[str, Any], second: dict[str, Any]) -> tuple[str, bytes]:
        return event(
            {"choices": [{"index": 1, **second}, {"index": 0, **first}]},
        )

    log = stream(
        both({"delta": {"content": "A"}}, {"delta": {"content": "B"}}),
        both({"delta": {}, "finish_reason": "stop"}, {"delta": {}, "finish_reason": "length"}),
    )
    assert log.content == [Text(text="A")]
    assert log.finish_reason is None
    body = {"choices": [{"index": 1, "message": {"content": "B"}}, {"message": {"content": "A"}}]}
    found = log_of(CODEC.decode(json.dumps(body).encode(), request(MODEL)))
    assert found.content == [Text(text="A")]
    assert found.raw_message == {"role": "assistant", "content": "A"}


def test_usage_is_a_total_wherever_it_comes() -> None:
    def report(prompt: int, completion: float) -> dict[str, Any]:
        return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": 99}

    log = stream(
        event({"choices": [{"delta": {"content": "a"}}], "usage": report(5, 1.0)}),
        event({"choices": [{"delta": {"content": "b"}}], "usage": report(5, 2.0)}),
        event({"choices": [{"delta": {}, "finish_reason": "stop"}], "usage": None}),
        event({"choices": [], "x_groq": {"id": "r", "usage": report(5, 3)}}),
        DONE,
    )
    assert log.usage is not None
    assert (log.usage.input_tokens, log.usage.output_tokens) == (5, 3)


def test_no_usage_is_none() -> None:
    assert stream(chunk("stop", content="x"), DONE).usage is None
    assert whole({"content": "x"}, usage=None).usage is None


@pytest.mark.parametrize(
    ("usage", "field", "count"),
    [
        ({"prompt_tokens": 5, "cached_tokens": 3}, "cache_read_tokens", 3),
        ({"prompt_tokens": 5, "prompt_cache_hit_tokens": 4}, "cache_read_tokens", 4),
        ({"prompt_tokens": 5, "cache_read_input_tokens": 4}, "cache_read_tokens", 4),
        ({"prompt_tokens": 5, "cache_creation_input_tokens": 2}, "cache_write_tokens", 2),
        (
            {"prompt_tokens": 5, "prompt_tokens_details": {"cache_write_tokens": 2}},
            "cache_write_tokens",
            2,
        ),
        ({"completion_tokens": 9, "reasoning_tokens": 6}, "reasoning_tokens", 6),
        # Reasoning is counted beside the completion, as the total shows.
        (
            {
                "prompt_tokens": 1,
                "completion_tokens": 2,
                "total_tokens": 7,
                "completion_tokens_details": {"reasoning_tokens": 4},
            },
            "output_tokens",
            6,
        ),
        ({"prompt_tokens": "many", "completion_tokens": None}, "input_tokens", 0),
    ],
)
def test_usage_in_the_words_of_servers(usage: Any, field: str, count: int) -> None:
    log = whole({"content": "x"}, usage=usage)
    assert getattr(log.usage, field) == count


def test_tools_the_server_ran() -> None:
    begun = {"index": 0, "type": "search", "arguments": "{}"}
    log = stream(
        chunk(executed_tools=[begun]),
        chunk(executed_tools=[{**begun, "output": "found"}]),
        chunk("stop", content="x"),
        event({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1}}),
        DONE,
    )
    assert log.usage is not None
    assert log.usage.provider_tool_usage == [ProviderToolUsage(name="search", call_count=1)]
    assert log.usage.total_tokens == 2
    raw: Any = log.raw_message
    assert raw["executed_tools"] == [{**begun, "output": "found"}]


def test_sources_beside_the_choices_are_kept() -> None:
    sources = ["https://x.org", "https://y.org"]
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "num_search_queries": 3}
    log = stream(
        event({"choices": [{"delta": {"content": "x"}}], "citations": sources, "usage": usage}),
        event({"choices": [{"delta": {}, "finish_reason": "stop"}], "citations": sources}),
    )
    assert log.raw_message == {"role": "assistant", "content": "x", "citations": sources}
    assert log.usage is not None
    assert log.usage.provider_tool_usage == [ProviderToolUsage(name="web_search", call_count=3)]
    body = whole({"role": "assistant", "content": "x"}, citations=sources)
    assert body.raw_message == log.raw_message


def test_audio_is_kept_raw() -> None:
    data = base64.b64encode(b"abcd").decode()
    log = stream(
        chunk(audio={"id": "audio_1", "transcript": "Hel"}),
        chunk(audio={"data": data, "transcript": "lo"}),
        chunk(audio={"data": data}),
        chunk(audio={"expires_at": 5}),
        chunk("stop"),
    )
    raw: Any = log.raw_message
    assert raw["audio"] == {
        "id": "audio_1",
        "transcript": "Hello",
        "data": base64.b64encode(b"abcdabcd").decode(),
        "expires_at": 5,
    }


def test_reasoning_under_several_names_is_one_thought() -> None:
    log = stream(
        chunk(reasoning="Hm", reasoning_content="Hm"),
        chunk(reasoning_details=[{"type": "reasoning.summary", "summary": " so"}]),
        chunk("stop", content="x"),
    )
    assert log.content == [Thought(thought="Hm so"), Text(text="x")]


def test_the_whole_message_in_a_stream() -> None:
    message = {"role": "assistant", "content": "x"}
    log = stream(event({"choices": [{"message": message, "finish_reason": "stop"}]}))
    assert log.content == [Text(text="x")]


def test_a_whole_body_keeps_its_message_as_it_came() -> None:
    message = {
        "role": "assistant",
        "content": "x",
        "refusal": None,
        "annotations": [],
        "something_new": {"a": None},
        "reasoning": "Hm.",
    }
    log = whole(message)
    assert log.content == [Thought(thought="Hm."), Text(text="x")]
    del message["refusal"]
    assert log.raw_message == message


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"[1]",
        b'"text"',
        b'{"choices": 1}',
        b'{"choices": [{"delta": {"content": 5}}]}',
        b'{"choices": [{"delta": {"tool_calls": [{"index": "x"}]}}]}',
        b"[" * 50_000,
        b"<html>oops</html>",
    ],
)
def test_a_malformed_event_is_a_validation_error(data: bytes) -> None:
    with pytest.raises(exc.ResponseValidationError) as caught:
        CODEC.decoder(request(MODEL)).feed(("", data))
    assert caught.value.model == MODEL
    with pytest.raises(exc.ResponseValidationError):
        CODEC.decode(data, request(MODEL))


def test_a_body_without_an_answer() -> None:
    for body in (b'{"choices": []}', b'{"choices": null}', b"{}", b'{"choices": [{"index": 1}]}'):
        with pytest.raises(exc.ResponseValidationError, match="no answer"):
            CODEC.decode(body, request(MODEL))


def test_events_of_no_meaning_are_passed_over() -> None:
    log = stream(
        event({"choices": [], "prompt_filter_results": []}),
        event({"id": "x", "timings": {}}),
        ("", b" "),
        chunk(content="x", something="new"),
        ("", b'\n{"choices":[{"delta":{"content":"\\ud83d"},"logprobs":[NaN]}]}'),
        chunk("stop"),
        DONE,
    )
    assert log.content == [Text(text="x\ufffd")]


def test_a_raw_message_survives_resuming() -> None:
    for log in (fixture("openrouter"), whole({"role": "assistant", "content": "Yes."})):
        message = assistant(
            log.content,
            model_id=MODEL,
            provider_id="openai",
            provider_model_name="gpt-4o:completions",
            raw_message=log.raw_message,
        )
        again = json.loads(json.dumps(message.raw_message))
        message.raw_message = again
        sent = json.loads(CODEC.encode(request(MODEL, [user("Hi."), message])).body)
        assert sent["messages"][1]["content"] == "Yes."


def test_a_format_tool_call_is_text_for_the_user() -> None:

    log = stream(calls(piece(0, "a", FORMAT_TOOL_NAME, '{"x":1}')), chunk("tool_calls"))
    assert log.content == [Text(text='{"x":1}')]
