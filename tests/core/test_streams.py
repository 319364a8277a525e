"""Streams of every vendor: what they yield and what they add up to."""

from __future__ import annotations

import inspect
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import BaseModel

from mirascope.core.base.call_response_chunk import BaseCallResponseChunk
from mirascope.core.base.stream import BaseStream
from mirascope.core.base.types import CostMetadata, Usage

from .asking import TWO_TOOLS, aask, ask, get_author
from .loopback import TEXTS, Loopback, Script
from .vendors import V1Vendor, each

TEXT = "".join(TEXTS)


@asynccontextmanager
async def async_stream(vendor: V1Vendor, loopback: Loopback, **options: Any) -> AsyncIterator[Any]:
    """An asynchronous stream; Google's old SDKs need gRPC for one."""
    if vendor.name in ("gemini", "vertex"):
        from .grpc_loopback import model

        async with model(vendor.name, loopback.script, loopback.disconnected) as client:
            yield await aask(vendor, stream=True, client=client, **options)
    else:
        yield await aask(vendor, stream=True, **options)


@each()
def test_deltas_join_to_the_content(vendor: V1Vendor, loopback: Loopback) -> None:
    stream = ask(vendor, stream=True)
    pairs = list(stream)
    assert [chunk.content for chunk, _ in pairs if chunk.content] == list(TEXTS)
    assert all(tool is None for _, tool in pairs)
    assert stream.content == TEXT
    assert stream.construct_call_response().content == TEXT
    assert len(pairs) == vendor.pairs


@each()
def test_chunk_is_the_sdks_own(vendor: V1Vendor, loopback: Loopback) -> None:
    for chunk, _ in ask(vendor, stream=True):
        assert isinstance(chunk, BaseCallResponseChunk)
        assert isinstance(chunk, BaseModel)
        if vendor.chunk:
            assert isinstance(chunk.chunk, vendor.chunk_type())
        assert type(chunk)(chunk=chunk.chunk).chunk is chunk.chunk


@each()
def test_every_property_of_every_chunk(vendor: V1Vendor, loopback: Loopback) -> None:
    usages, reasons = [], []
    for chunk, _ in ask(vendor, stream=True):
        assert type(chunk.content) is str
        assert str(chunk) == chunk.content
        assert chunk.finish_reasons is None or chunk.finish_reasons
        assert chunk.model is None or type(chunk.model) is str
        assert chunk.id in (None, vendor.id)
        assert type(chunk.cost_metadata) is CostMetadata
        if chunk.usage is None:
            assert chunk.input_tokens is chunk.output_tokens is chunk.cached_tokens is None
            assert chunk.common_usage is None
        else:
            assert type(chunk.common_usage) is Usage
            usages.append(chunk.common_usage)
        reasons.extend(chunk.common_finish_reasons or [])
        again = type(chunk)(chunk=chunk.chunk)
        assert again.content == chunk.content
        assert "chunk" in chunk.model_dump()
        assert repr(chunk)
    assert reasons == ["stop"]
    assert usages[-1].output_tokens == 5


def attributes(stream: Any) -> set[str]:
    names = [
        "stream",
        "content",
        "metadata",
        "tool_types",
        "call_response_type",
        "model",
        "prompt_template",
        "fn_args",
        "dynamic_config",
        "messages",
        "call_params",
        "call_kwargs",
        "user_message_param",
        "input_tokens",
        "cached_tokens",
        "output_tokens",
        "id",
        "finish_reasons",
        "start_time",
        "end_time",
        "provider",
        "cost_metadata",
        "cost",
    ]
    return {name for name in names if not hasattr(stream, name)}


def check_before(vendor: V1Vendor, stream: Any) -> None:
    assert attributes(stream) == set()
    assert isinstance(stream, BaseStream)
    assert stream.content == ""
    assert stream.model == vendor.model
    assert stream.provider == vendor.name
    assert stream.start_time == stream.end_time == 0
    assert stream.id is stream.finish_reasons is stream.cost is None
    assert stream.input_tokens is stream.cached_tokens is stream.output_tokens is None
    assert stream.fn_args == {}
    assert stream.prompt_template is stream.dynamic_config is stream.tool_types is None
    assert stream.metadata == {}
    assert stream.user_message_param is stream.messages[-1]
    assert not hasattr(stream, "message_param")
    with pytest.raises(ValueError, match="consumed"):
        stream.construct_call_response()


def check_after(vendor: V1Vendor, stream: Any) -> None:
    assert stream.content == TEXT
    assert stream.model == vendor.model
    assert stream.id == vendor.id
    (reason,) = stream.finish_reasons
    assert getattr(reason, "name", reason) in (vendor.reason, "STOPPED")
    assert stream.common_finish_reasons == ["stop"]
    tokens = (stream.input_tokens, stream.cached_tokens, stream.output_tokens)
    assert tokens == vendor.tokens
    assert 0 < stream.start_time <= stream.end_time
    assert abs(stream.end_time - time.time() * 1000) < 60_000
    response = stream.construct_call_response()
    assert type(response) is stream.call_response_type
    assert response.usage is not None
    for name in [
        "content",
        "model",
        "id",
        "input_tokens",
        "cached_tokens",
        "output_tokens",
        "cost",
        "metadata",
        "tool_types",
        "prompt_template",
        "fn_args",
        "dynamic_config",
        "messages",
        "call_params",
        "call_kwargs",
        "user_message_param",
        "start_time",
        "end_time",
        "provider",
        "cost_metadata",
        "common_usage",
        "common_finish_reasons",
    ]:
        assert getattr(response, name) == getattr(stream, name), name
    assert str(response.message_param) == str(stream.message_param)
    assert response.finish_reasons == [vendor.reason]
    assert response.tools is response.tool is None
    assert str(response) == TEXT
    assert response.common_message_param.content == TEXT
    assert response.common_user_message_param.content == "Hello"
    assert [message.role for message in response.common_messages] == ["user"]
    dumped = response.model_dump()
    assert dumped["content"] == TEXT
    assert {"finish_reasons", "cost", "cost_metadata", "message_param", "id"} <= dumped.keys()
    assert TEXT in response.model_dump_json()


@each()
def test_attributes_before_during_after(vendor: V1Vendor, loopback: Loopback) -> None:
    stream = ask(vendor, stream=True)
    check_before(vendor, stream)
    texts = ""
    for chunk, _ in stream:
        texts += chunk.content
        assert stream.content == texts
        assert stream.start_time > 0
        assert not hasattr(stream, "message_param")
    check_after(vendor, stream)


@each()
async def test_attributes_asynchronously(vendor: V1Vendor, loopback: Loopback) -> None:
    async with async_stream(vendor, loopback) as stream:
        check_before(vendor, stream)
        assert not inspect.iscoroutinefunction(stream.__aiter__)
        texts = ""
        async for chunk, _ in stream:
            texts += chunk.content
            assert stream.content == texts
        check_after(vendor, stream)


@each()
def test_length_survives_the_last_chunks(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(finish="length")
    stream = ask(vendor, stream=True)
    list(stream)
    assert stream.common_finish_reasons == ["length"]
    assert stream.construct_call_response().common_finish_reasons == ["length"]


@each("mistral")
def test_mistral_usage_in_a_chunk_of_its_own(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(usage_apart=True)
    stream = ask(vendor, stream=True)
    assert len(list(stream)) == 6
    assert (stream.input_tokens, stream.output_tokens) == (10, 5)
    assert stream.construct_call_response().finish_reasons == ["stop"]


@each()
def test_a_second_iteration_says_so_and_loses_nothing(vendor: V1Vendor, loopback: Loopback) -> None:
    stream = ask(vendor, stream=True)
    list(stream)
    with pytest.raises(RuntimeError, match="read once"):
        list(stream)
    assert stream.content == TEXT


@each("openai", "anthropic")
async def test_the_wrong_kind_of_loop(vendor: V1Vendor, loopback: Loopback) -> None:
    with pytest.raises(TypeError, match="async for"):
        iter(await aask(vendor, stream=True))
    with pytest.raises(TypeError, match="use `for"):
        aiter(ask(vendor, stream=True))


@each("openai")
def test_audio(vendor: V1Vendor, loopback: Loopback) -> None:
    loopback.script = Script(audio=True)
    stream = ask(vendor, stream=True)
    chunks = [chunk for chunk, _ in stream]
    assert b"".join(chunk.audio for chunk in chunks if chunk.audio) == b"\x00\x01\x02"
    assert "".join(c.audio_transcript for c in chunks if c.audio_transcript) == "Hello"
    assert stream.audio_id == "audio_1"
    assert stream.message_param["audio"] == {"id": "audio_1"}
    response = stream.construct_call_response()
    assert (response.audio, response.audio_transcript) == (b"\x00\x01\x02", "Hello")
    assert {"audio", "audio_transcript", "cached_tokens"} <= chunks[1].model_dump().keys()


@each("anthropic")
def test_thinking_comes_before_the_text(vendor: V1Vendor, loopback: Loopback) -> None:
    from anthropic.types import RawContentBlockDeltaEvent, ThinkingDelta

    event = RawContentBlockDeltaEvent(
        type="content_block_delta",
        index=0,
        delta=ThinkingDelta(type="thinking_delta", thinking="hm"),
    )
    chunk = vendor.module().AnthropicCallResponseChunk(chunk=event)
    assert (chunk.content, chunk.thinking, chunk.signature) == ("", "hm", "")


@each("groq")
def test_groq_usage_where_the_service_puts_it(vendor: V1Vendor, loopback: Loopback) -> None:
    from groq.types.chat import ChatCompletionChunk

    chunk = vendor.module().GroqCallResponseChunk(
        chunk=ChatCompletionChunk.model_validate(
            {
                "id": "1",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": "m",
                "choices": [],
                "x_groq": {
                    "id": "r",
                    "error": None,
                    "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
                },
            }
        )
    )
    assert (chunk.input_tokens, chunk.cached_tokens, chunk.output_tokens) == (3, None, 4)


@each("openai")
def test_a_hundred_thousand_chunks_add_up(vendor: V1Vendor) -> None:
    from openai.types.chat import ChatCompletionChunk

    module = vendor.module()
    chunk = ChatCompletionChunk.model_validate(
        {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, "delta": {"content": "x" * 100}, "finish_reason": None}],
        }
    )
    pairs = ((module.OpenAICallResponseChunk.wrap(chunk), None) for _ in range(100_000))
    stream = module.OpenAIStream(stream=pairs, **_fields(module))
    longest = max(len(stream._sum.text._pieces) for _ in stream)
    assert longest == 100_000
    assert len(stream.content) == 10_000_000


def _fields(module: Any) -> dict[str, Any]:
    return {
        "metadata": {},
        "tool_types": None,
        "call_response_type": module.OpenAICallResponse,
        "model": "m",
        "prompt_template": None,
        "fn_args": {},
        "dynamic_config": None,
        "messages": [],
        "call_params": {},
        "call_kwargs": {},
    }


@each()
def test_the_user_s_own_objects_stay_as_they_are(vendor: V1Vendor, loopback: Loopback) -> None:
    import copy

    module = vendor.module()
    params = {"temperature": 0.5, "stop": ["x"]}
    tags = {"tags": {"a"}}
    messages = [{"role": "user", "content": "Hi"}] if vendor.name == "openai" else ["Hi"]
    kept = copy.deepcopy((params, tags, messages))

    @module.call(vendor.model, stream=True, call_params=params, tools=[get_author])
    def question() -> dict[str, Any]:
        return {"messages": messages, "metadata": tags}

    loopback.script = Script(texts=(), tools=TWO_TOOLS, finish="tool_calls")
    stream = question()
    list(stream)
    stream.construct_call_response()
    assert (params, tags, messages) == kept
    assert stream.metadata == tags
