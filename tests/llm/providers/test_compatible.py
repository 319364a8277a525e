"""The vendors that speak Chat Completions: how each differs, and that each is served."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.content import Text, ToolCall
from mirascope.llm.messages import Message, assistant, user
from mirascope.llm.providers import ROWS, Codec
from mirascope.llm.providers.compatible import COMPATIBLE_VENDORS
from mirascope.llm.providers.openai.chat import OpenAIChatCodec
from mirascope.llm.testing import Status, Turn, simulate
from tests.llm.conftest import Colour
from tests.llm.providers.traffic import (
    SHOWN,
    body_of,
    decode_events,
    events_of,
    log_of,
    request,
    require_recordings,
)
from tests.loopback import Reply, Server

IDS = [vendor.id for vendor in COMPATIBLE_VENDORS]


class Book(BaseModel):
    """A book."""

    title: str


@llm.tool
def search(query: str) -> str:
    """Search."""
    return query


def codec_of(id: str) -> Codec:
    return ROWS[id].route(ROWS[id].example, ())


def said(id: str, model: str | None = None, **asked: Any) -> tuple[dict[str, Any], list[str]]:
    """Return the body without what is asked of everybody, and what was left out."""
    asked.setdefault("stream", False)
    made = request(f"{id}/{model}" if model else ROWS[id].example, **asked)
    body = body_of(codec_of(id), made)
    del body["model"], body["messages"]
    return body, made.warnings


def messages_to(id: str, *messages: Message) -> Any:
    return body_of(codec_of(id), request(ROWS[id].example, messages))["messages"]


# --- every vendor


@pytest.mark.parametrize("id", IDS)
def test_a_row_has_all_that_is_shown_of_it(id: str) -> None:
    row = ROWS[id]
    assert row.name
    assert row.example.startswith(f"{id}/")
    assert row.key_env
    assert row.base_url.startswith("https://" if row.key_required else "http://localhost:") or (
        row.locate is not None
    )
    assert llm.Model(row.example).provider_id == id
    assert isinstance(codec_of(id), OpenAIChatCodec)


@pytest.mark.parametrize("id", IDS)
def test_the_simulator_speaks_for_every_vendor(id: str, colour: Colour) -> None:
    model = llm.Model(ROWS[id].example)
    with simulate(
        [Turn(text="A stream.", thoughts="Hm."), "A whole answer.", Turn(fault=Status(429))]
    ):
        streamed = colour.read(model, "?")
        assert streamed.text() == "A stream."
        # Perplexity reports usage unasked; the simulator, as OpenAI does, when it is asked.
        assert (streamed.usage is None) == (id == "perplexity")
        assert colour.call(model, "?").text() == "A whole answer."
        with pytest.raises(llm.RateLimitError, match=id):
            colour.call(model, "?")


@pytest.mark.parametrize("id", IDS)
def test_the_simulator_answers_in_a_format_and_calls_tools(id: str, colour: Colour) -> None:
    model = llm.Model(ROWS[id].example)
    with simulate() as simulator:
        assert isinstance(colour.call(model, "?", format=Book).parse(), Book)
        if id == "perplexity":  # which has none
            return
        called = colour.call(model, "?", tools=[search])
        assert [call.name for call in called.tool_calls] == ["search"]
        done = colour.run(called.resume(colour.run(called.execute_tools())))
        assert done.text()
    assert {one.wire for one in simulator.requests} == {"chat"}


@pytest.mark.parametrize("id", IDS)
def test_a_server_at_the_vendors_variable_gets_key_and_question(
    id: str, colour: Colour, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ROWS[id]
    for name in (*row.key_env, *row.base_url_env):
        monkeypatch.delenv(name, raising=False)
    chunks = [
        {"choices": [{"index": 0, "delta": {"role": "assistant", "content": "Y"}}]},
        {"choices": [{"index": 0, "delta": {"content": "es"}, "finish_reason": "stop"}]},
        {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}},
    ]
    stream = b"".join(b"data: %s\n\n" % json.dumps(one).encode() for one in chunks)
    whole = {
        "choices": [{"index": 0, "message": {"content": "Yes"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2},
    }
    with Server() as server:
        server.route(
            "/base/chat/completions",
            Reply(body=stream + b"data: [DONE]\n\n"),
            Reply(body=json.dumps(whole).encode()),
            Reply(status=401, body=b'{"error": {"message": "no such key"}}'),
        )
        monkeypatch.setenv(row.base_url_env[0], server.url("/base"))
        monkeypatch.setenv(row.key_env[0], "key-of-the-vendor")
        model = llm.Model(row.example)
        for answer in (colour.read(model, "?"), colour.call(model, "?")):
            assert answer.text() == "Yes"
            assert answer.usage.input_tokens == 3
            assert answer.usage.output_tokens == 2
        with pytest.raises(llm.AuthenticationError, match="no such key"):
            colour.call(model, "?")
    for one in server.requests:
        assert one.headers["authorization"] == "Bearer key-of-the-vendor"
        assert json.loads(one.body)["model"] == row.example.partition("/")[2]


# --- each on its own


@pytest.mark.parametrize(
    ("id", "model", "level", "expected"),
    [
        ("fireworks", None, "none", {"reasoning_effort": "none"}),
        ("fireworks", None, "minimal", {"reasoning_effort": "low"}),
        ("cerebras", "gpt-oss-120b", "max", {"reasoning_effort": "high"}),
        ("cerebras", "zai-glm-4.7", "high", None),
        ("nvidia", None, "none", {"chat_template_kwargs": {"enable_thinking": False}}),
        ("huggingface", None, "high", None),
        (
            "sambanova",
            None,
            "high",
            {"chat_template_kwargs": {"enable_thinking": True, "reasoning_effort": "high"}},
        ),
        ("novita", None, "none", {"enable_thinking": False}),
        ("deepinfra", None, "low", {"reasoning_effort": "low"}),
        ("hyperbolic", None, "low", None),
        ("workers-ai", None, "low", None),
        ("perplexity", "sonar-reasoning-pro", "max", {"reasoning_effort": "high"}),
        ("perplexity", "sonar", "high", None),
        ("moonshot", None, "none", {"thinking": {"type": "disabled"}}),
        ("moonshot", None, "default", {"thinking": {"type": "enabled"}}),
        ("zai", None, "high", {"thinking": {"type": "enabled"}}),
        ("qwen", None, "default", {"enable_thinking": True}),
        ("qwen", None, "none", {"enable_thinking": False}),
        ("github-models", "openai/o4-mini", "max", {"reasoning_effort": "high"}),
        ("vercel", None, "low", {"reasoning": {"effort": "low", "exclude": True}}),
        ("litellm", None, "low", {"reasoning_effort": "low"}),
        ("vllm", None, "default", {"chat_template_kwargs": {"enable_thinking": True}}),
        ("llamacpp", None, "none", {"chat_template_kwargs": {"enable_thinking": False}}),
        ("lmstudio", None, "minimal", {"reasoning_effort": "low"}),
        ("ollama", None, "minimal", {"reasoning_effort": "low"}),
        ("ollama", None, "none", {"reasoning_effort": "none"}),
    ],
)
def test_how_thinking_is_asked_for(
    id: str, model: str | None, level: str, expected: dict[str, Any] | None
) -> None:
    body, skipped = said(id, model, thinking={"level": level})
    assert body == (expected or {})
    assert skipped == ([] if expected else [f"thinking={{'level': {level!r}}}"])


def test_who_is_asked_for_usage() -> None:
    asked = {id for id in IDS if "stream_options" in said(id, stream=True)[0]}
    assert set(IDS) - asked == {"perplexity"}


def test_who_takes_a_seed_and_top_k() -> None:
    seeded = {id for id in IDS if "seed" in said(id, seed=7)[0]}
    assert set(IDS) - seeded == {"perplexity", "sambanova", "zai"}
    for id in set(IDS) - seeded:
        assert said(id, seed=7)[1] == ["seed=7"]
    assert {id for id in IDS if "top_k" in said(id, top_k=4)[0]} == {
        *("fireworks", "sambanova", "novita", "qwen", "vllm", "llamacpp"),
    }


def test_who_takes_how_many_tokens_and_what_steers_sampling() -> None:
    for id in IDS:
        assert said(id, max_tokens=5)[0] == {"max_tokens": 5}
    assert said("github-models", "openai/gpt-5", max_tokens=5)[0] == {"max_completion_tokens": 5}
    assert said("vercel", "openai/gpt-5", temperature=0)[1] == ["temperature=0"]
    for model, warm in (("kimi-k2.6", False), ("kimi-k2-0905-preview", True), ("kimi-k3", False)):
        body, skipped = said("moonshot", model, temperature=0.6, stop_sequences=["END"])
        assert body == {"stop": ["END"], **({"temperature": 0.6} if warm else {})}
        assert skipped == ([] if warm else ["temperature=0.6"])


def test_who_can_be_made_to_call() -> None:
    able = [id for id in IDS if id != "perplexity"]
    made = {
        id for id in able if "tool_choice" in said(id, tools=[search], tool_choice="required")[0]
    }
    assert set(able) - made == {"deepinfra", "moonshot"}
    for id in set(able) - made:
        for choice in ("required", "search"):
            body, skipped = said(id, tools=[search], tool_choice=choice)
            assert "tool_choice" not in body
            assert skipped == [f"tool_choice={choice}"]
        for choice in ("auto", "none"):
            body, skipped = said(id, tools=[search], tool_choice=choice)
            assert body["tool_choice"] == choice
            assert skipped == []


def test_nobody_is_told_of_strict_tools_that_did_not_ask() -> None:
    insisting = llm.tool(strict=True)(search.fn)
    for id in (id for id in IDS if id != "perplexity"):
        assert "strict" not in said(id, tools=[search])[0]["tools"][0]["function"]
        assert said(id, tools=[insisting])[0]["tools"][0]["function"]["strict"] is True


TALK = (
    user(["One.", "Two."]),
    assistant([Text(text="a"), Text(text="b")], model_id=None, provider_id=None),
)


def test_who_takes_text_in_one_string_only() -> None:
    plain = {id for id in IDS if messages_to(id, *TALK)[0]["content"] == "One.\nTwo."}
    assert plain == {"moonshot", "sambanova"}
    for id in plain:
        assert messages_to(id, *TALK)[1]["content"] == "a\nb"
    assert messages_to("fireworks", *TALK)[1]["content"] == [
        {"type": "text", "text": "a"},
        {"type": "text", "text": "b"},
    ]


CALL = {"id": "c1", "type": "function", "function": {"name": "search", "arguments": "{}"}}


def turn(id: str, raw: dict[str, Any] | None) -> Message:
    return assistant(
        [ToolCall(id="c1", name="search", args="{}")],
        model_id=ROWS[id].example,
        provider_id=id,
        provider_model_name=ROWS[id].example.partition("/")[2],
        raw_message=raw,  # type: ignore[arg-type] - what a server said
    )


@pytest.mark.parametrize("id", [*IDS, "ollama"])
@pytest.mark.parametrize("name", ["reasoning_content", "reasoning", "thinking"])
def test_thoughts_come_in_any_field_and_go_back_in_it(id: str, name: str) -> None:
    codec = codec_of(id)
    asked = request(ROWS[id].example, **SHOWN)
    for as_stream in (True, False):
        message = {"role": "assistant", name: "Hm.", "tool_calls": [{**CALL, "index": 0}]}
        choice = {"index": 0, "finish_reason": "tool_calls"}
        if as_stream:
            data = json.dumps({"choices": [{**choice, "delta": message}]}).encode()
            log = log_of(
                decode_events(codec.decoder(asked), events_of(codec, [b"data: %s\n\n" % data]))
            )
        else:
            data = json.dumps({"choices": [{**choice, "message": message}]}).encode()
            log = log_of(codec.decode(data, asked))
        assert [thought.thought for thought in log.thoughts] == ["Hm."]
        raw: Any = log.raw_message
        assert raw[name] == "Hm."
        [sent] = messages_to(id, turn(id, raw), user("x"))[:1]
        assert sent.get(name) == (None if id == "perplexity" else "Hm.")


def test_a_turn_that_moonshot_has_to_be_told_thoughts_of() -> None:
    [kept, *_] = messages_to("moonshot", turn("moonshot", {"tool_calls": [CALL]}), user("x"))
    [made, *_] = messages_to("moonshot", turn("moonshot", None), user("x"))
    [thought, *_] = messages_to(
        "moonshot", turn("moonshot", {"tool_calls": [CALL], "reasoning_content": "Hm."}), user("x")
    )
    assert (kept["reasoning_content"], made["reasoning_content"]) == (" ", " ")
    assert thought["reasoning_content"] == "Hm."
    assert (
        "reasoning_content"
        not in messages_to("moonshot", assistant("Hi.", model_id=None, provider_id=None))[0]
    )


def test_a_thinking_that_is_no_text_is_left_alone() -> None:
    for odd in ({"type": "enabled"}, ["x"], 1, True):
        message = {"content": "Yes.", "thinking": odd}
        body = json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}).encode()
        log = log_of(codec_of("vllm").decode(body, request("vllm/m", **SHOWN)))
        assert log.thoughts == []
        assert log.texts[0].text == "Yes."


# --- addresses that differ


def test_cloudflare_is_found_by_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORKERS_AI_BASE_URL", raising=False)
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "t0ken-of-mine")
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", "ab12cd")
    provider: Any = llm.register_provider("workers-ai")
    assert provider.address()[0] == "https://api.cloudflare.com/client/v4/accounts/ab12cd/ai/v1"
    for wrong in ("", "../../user", "a/b", "a?b", "a b", "a#b", "a@b"):
        monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", wrong)
        with pytest.raises(ValueError, match="CLOUDFLARE_ACCOUNT_ID") as raised:
            llm.Model("cloudflare/@cf/openai/gpt-oss-120b").call("?")
        assert "t0ken" not in str(raised.value)


def test_an_error_in_cloudflares_form() -> None:
    body = b'{"success": false, "errors": [{"code": 10000, "message": "Authentication error"}]}'
    info = codec_of("workers-ai").error(401, {}, body)
    assert (info.status, info.message, info.code) == (401, "Authentication error", "10000")


def test_qwen_answers_to_both_names() -> None:
    with simulate() as simulator:
        llm.Model("dashscope/qwen-plus").call("?")
        llm.Model("qwen/qwen-plus").call("?")
    assert [one.model for one in simulator.requests] == ["qwen-plus", "qwen-plus"]


# --- as recorded

RECORDED = {
    "alibaba": "qwen", "cerebras": "cerebras", "copilot": "github-models", "deepseek": "deepseek",
    "groq": "groq", "huggingface": "huggingface", "llamacpp": "llamacpp", "local": "vllm",
    "moonshotai": "moonshot", "openrouter": "openrouter", "perplexity": "perplexity",
    "together": "together", "zai": "zai",
}  # fmt: skip
# Error events, which is what they are recorded for.
BROKEN = (
    "test_tool_use_failed_error_streaming.0",
    "test_tool_use_failed_error_streaming_with_text.0",
    "test_openrouter_stream_error.0",
)


def test_every_recording_of_a_vendor_is_read_by_its_row() -> None:
    read: dict[str, int] = {}
    failed = 0
    for recording in require_recordings("openai-chat"):
        id = RECORDED.get(recording.provider)
        if id is None:
            continue
        codec = codec_of(id)
        read[id] = read.get(id, 0) + 1
        if recording.format == "error.json":
            assert codec.error(recording.status, {}, recording.body).message, recording.name
            continue
        if recording.format == "sse":
            events = events_of(codec, [recording.body])
        elif recording.format == "jsonl":
            events = [("", line) for line in recording.body.split(b"\n") if line.strip()]
        else:
            continue
        decoder = codec.decoder(request(ROWS[id].example, **SHOWN))
        if any(f"_{name}." in recording.name for name in BROKEN):
            failed += 1
            with pytest.raises(llm.ProviderError):
                decode_events(decoder, events)
            continue
        log = log_of(decode_events(decoder, events))
        assert decoder.done, recording.name
        assert log.content or log.finish_reason or id in ("openrouter", "llamacpp"), recording.name
        has_thoughts = any(
            b'"%s":"' % name in recording.body for name in (b"reasoning_content", b"reasoning")
        )
        assert bool(log.thoughts) >= has_thoughts or b'":""' in recording.body, recording.name
    assert failed == 3
    assert {"alibaba", "zai"} <= RECORDED.keys()
    assert set(RECORDED.values()) == read.keys()


def test_sources_are_cited_as_they_come_and_once() -> None:
    def chunk(content: str | None, *urls: Any, end: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": {"content": content}, "finish_reason": end}
        return (
            b"data: %s\n\n" % json.dumps({"choices": [choice], "citations": urls, **more}).encode()
        )

    codec = codec_of("perplexity")
    pieces = [
        chunk(None, "https://a.example"),
        chunk("One.", "https://a.example", "https://b.example", 7, None),
        chunk(" Two.", "https://b.example", "https://c.example", end="stop",
              search_results=[{"url": "https://d.example", "title": "D"}, {"title": "?"}, 3]),
    ]  # fmt: skip
    decoder = codec.decoder(request("perplexity/sonar"))
    shown = [
        [one.type for one in decoder.feed(e)] for piece in pieces for e in events_of(codec, [piece])
    ]
    assert shown[0] == []
    assert shown[1] == ["text_start_chunk", "text_chunk", "citation_chunk", "citation_chunk"]
    assert shown[2][:3] == ["text_chunk", "citation_chunk", "citation_chunk"]
    log = log_of(
        decode_events(codec.decoder(request("perplexity/sonar")), events_of(codec, pieces))
    )
    assert [(c.url, c.title) for c in log.texts[0].citations] == [
        ("https://a.example", None),
        ("https://b.example", None),
        ("https://c.example", None),
        ("https://d.example", "D"),
    ]


def test_a_whole_answer_cites_what_its_stream_does() -> None:
    message = {"role": "assistant", "content": "One.[1]"}
    body = {
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "citations": ["https://a.example"],
        "search_results": [{"url": "https://a.example", "title": "A", "date": "2026-01-02"}],
    }
    codec = codec_of("perplexity")
    log = log_of(codec.decode(json.dumps(body).encode(), request("perplexity/sonar")))
    assert [(c.url, c.title) for c in log.texts[0].citations] == [("https://a.example", "A")]
    silent = {**body, "choices": [{"message": {"content": ""}, "finish_reason": "stop"}]}
    assert (
        log_of(codec.decode(json.dumps(silent).encode(), request("perplexity/sonar"))).texts == []
    )


def test_perplexitys_sources_are_kept() -> None:
    found = 0
    for recording in require_recordings("openai-chat"):
        if recording.provider != "perplexity":
            continue
        codec = codec_of("perplexity")
        events = (
            events_of(codec, [recording.body])
            if recording.format == "sse"
            else [("", line) for line in recording.body.split(b"\n") if line.strip()]
        )
        log = log_of(decode_events(codec.decoder(request("perplexity/sonar")), events))
        raw: Any = log.raw_message
        assert raw["citations"], recording.name
        assert all(source.startswith("http") for source in raw["citations"])
        [text] = log.texts
        assert [citation.url for citation in text.citations] == [
            *dict.fromkeys((*raw["citations"], *(p["url"] for p in raw.get("search_results", []))))
        ], recording.name
        titles = {page["url"]: page["title"] for page in raw.get("search_results", [])}
        assert [citation.title for citation in text.citations] == [
            titles.get(citation.url) for citation in text.citations
        ]
        assert all(citation.start is None for citation in text.citations)
        assert log.usage is not None
        found += 1
    assert found >= 8
