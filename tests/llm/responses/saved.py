"""Responses of every kind and end, each with a golden file.

``python -m tests.llm.responses.saved`` writes the files that are not there yet. A file that is
there is a promise: what was written is read by every later version, so it is not written again.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.exceptions import ToolExecutionError, ToolNotFoundError
from mirascope.llm.messages import Message, assistant, system, user
from mirascope.llm.responses import RawMessageChunk, RawStreamEventChunk
from mirascope.llm.responses.chunks import AnsweredBy

from . import chunks

GOLDEN = Path(__file__).parent / "golden"
MODEL_ID = "anthropic/claude-sonnet-4-5"
RAW_MESSAGE: Any = {
    "role": "assistant",
    "content": [
        {"type": "thinking", "thinking": "Tides?", "signature": 'EqQBCkYIBxgC/+x==\u2028é🌊\0"'},
        {"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix"},
    ],
    "numbers": [2**80, 0.25, None, True],
}
USAGE = llm.UsageDeltaChunk(
    input_tokens=12,
    output_tokens=7,
    cache_read_tokens=3,
    cache_write_tokens=4,
    reasoning_tokens=5,
    provider_tool_usage=[llm.ProviderToolUsage(name="web_search", call_count=1)],
    raw={"input_tokens": 12, "half": "\ud83c"},
)
HISTORY: Sequence[Message] = [
    system("Be brief."),
    user(["What is this?", llm.Image.from_bytes(b"\x89PNG\r\n\x1a\n" + bytes(8))], name="Ada"),
    assistant(
        [llm.ToolCall(id="1", name="tide", args="{}"), llm.ToolCall(id="2", name="ebb", args="{}")],
        model_id=MODEL_ID,
        provider_id="anthropic",
        raw_message={"role": "assistant", "content": [{"signature": "c2ln"}]},
    ),
    user(
        [
            llm.ToolOutput(
                id="1",
                name="tide",
                result="'moon'",
                error=ToolExecutionError(KeyError("moon")),
            ),
            llm.ToolOutput(
                id="2", name="ebb", result="no such tool", error=ToolNotFoundError("ebb")
            ),
        ]
    ),
]


class Tide(BaseModel):
    time: str


class VendorError(Exception):
    """Of a package that is not ours."""


def stream(*events: Any, **more: Any) -> llm.StreamResponse[Any]:
    """Return a response that has read its events; an error among them is raised in its turn."""

    def play() -> Any:
        for event in events:
            if isinstance(event, BaseException):
                raise event
            yield event

    facts: dict[str, Any] = {
        "provider_id": "anthropic",
        "model_id": MODEL_ID,
        "provider_model_name": "claude-sonnet-4-5",
        "params": {},
        "input_messages": [user("When is high water?")],
    }
    response: llm.StreamResponse[Any] = llm.StreamResponse(chunk_iterator=play(), **facts | more)
    with suppress(Exception):  # it is in the log
        response.finish()
    return response


def whole(**more: Any) -> llm.Response[Any]:
    facts: dict[str, Any] = {
        "raw": {"id": "msg_1"},
        "provider_id": "anthropic",
        "model_id": MODEL_ID,
        "provider_model_name": "claude-sonnet-4-5",
        "params": {},
        "input_messages": [user("When is high water?")],
        "assistant_message": assistant(
            "At 04:12.",
            provider_id="anthropic",
            model_id=MODEL_ID,
            provider_model_name="claude-sonnet-4-5",
        ),
        "finish_reason": None,
        "usage": None,
    }
    return llm.Response(**facts | more)


PARAMS: llm.Params = {
    "temperature": 0.5,
    "max_tokens": 100,
    "top_p": 1,
    "top_k": 40,
    "seed": 2**70,
    "stop_sequences": ["END"],
    "thinking": {"level": "low", "include_thoughts": True},
    "capabilities": {"images": True},
    "tool_choice": "auto",
    "timeout": llm.Timeout(idle=3, total=60.5),
    "keep_raw": False,
    "extra_body": {"metadata": {"user": "Ada"}},
}


def closed() -> llm.StreamResponse[Any]:
    response = llm.StreamResponse(
        provider_id="openai",
        model_id="openai/gpt-5-mini",
        provider_model_name="gpt-5-mini:responses",
        params={"timeout": 5, "thinking": None},
        input_messages=[user("Count.")],
        chunk_iterator=iter([*chunks.text("one", " two"), *chunks.text("three")]),
    )
    next(response.text_stream())
    response.close()
    return response


def samples() -> dict[str, llm.Response[Any] | llm.StreamResponse[Any]]:
    """Return the responses by the names of their golden files, built anew at each call."""
    answer = assistant(
        [llm.Thought(thought="Tides?"), llm.Text(text="At 04:12.")],
        provider_id="anthropic",
        model_id=MODEL_ID,
        provider_model_name="claude-sonnet-4-5",
        raw_message=RAW_MESSAGE,
    )
    usage = llm.Usage(input_tokens=12, output_tokens=7, reasoning_tokens=5, raw={"in": 12})
    return {
        "whole-text": whole(),
        "whole-everything": whole(
            params={**PARAMS, "extra_headers": {"x-key": "s3cret"}},
            input_messages=HISTORY,
            assistant_message=answer,
            usage=usage,
            format=llm.format(Tide, mode="json"),
        ),
        "whole-refusal": whole(finish_reason=llm.FinishReason.REFUSAL),
        "whole-by-a-provider-of-its-own": whole(
            assistant_message=assistant("Hi", provider_id=None, model_id=None, name="Bo")
        ),
        "stream-text": stream(
            RawStreamEventChunk(raw_stream_event={"type": "message_start"}),
            llm.TextStartChunk(id="part_1"),
            llm.TextChunk(id="part_1", delta='"At"\n04:12 🌊 \0'),
            llm.TextChunk(id="part_1", delta="half \ud83c"),
            llm.TextEndChunk(id="part_1"),
        ),
        "stream-everything": stream(
            llm.ThoughtStartChunk(id="part_1"),
            llm.ThoughtChunk(id="part_1", delta="Tides?"),
            llm.ThoughtEndChunk(id="part_1"),
            *chunks.INTERLEAVED,
            USAGE,
            USAGE,
            RawMessageChunk(raw_message=RAW_MESSAGE),
            params=PARAMS,
            input_messages=HISTORY,
            format=llm.format(Tide, mode="strict"),
        ),
        "stream-max-tokens": stream(
            *chunks.text("At 04"), chunks.finish(llm.FinishReason.MAX_TOKENS)
        ),
        "stream-answered-by-another": stream(
            AnsweredBy(provider_id="b", model_id="b/m", provider_model_name="m"),
            *chunks.text("At 04:12."),
        ),
        "stream-truncated": stream(
            *chunks.MIXED[:6],
            llm.StreamTruncatedError("cut", "anthropic", model=MODEL_ID, request_id="req_1"),
        ),
        "stream-rate-limited": stream(
            llm.RateLimitError("slow down", "anthropic", 429, retry_after=1.5, code="slow")
        ),
        "stream-timed-out": stream(llm.TextStartChunk(), llm.TimeoutError("late", "anthropic")),
        "stream-vendor-error": stream(chunks.start("1"), VendorError("no")),
        "stream-closed": closed(),
    }


def golden(name: str) -> Path:
    return GOLDEN / f"{name}.json"


def main() -> None:
    for name, sample in samples().items():
        if not golden(name).exists():
            golden(name).write_bytes(sample.to_json().encode() + b"\n")
            print(f"wrote {golden(name).name}")


if __name__ == "__main__":
    main()
