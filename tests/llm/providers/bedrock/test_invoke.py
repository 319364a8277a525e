"""Claude on Bedrock by the Messages wire."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from mirascope import llm
from mirascope._wire.errors import FrameError
from mirascope.llm.providers.bedrock.invoke import InvokeCodec
from tests.event_frames import event, exception
from tests.llm.providers.traffic import body_of, decode_events, events_of, log_of, request

CODEC = InvokeCodec()
MODEL = "bedrock:anthropic/us.anthropic.claude-sonnet-4-5-20250929-v1:0"


def chunk(**fields: Any) -> bytes:
    return event("chunk", {"bytes": base64.b64encode(json.dumps(fields).encode()).decode()})


def test_a_whole_request() -> None:
    asked = request(
        MODEL,
        stream=True,
        extra_headers={"anthropic-beta": "one, two"},
        extra_body={"metadata": {"user_id": "u"}},
    )
    encoded = CODEC.encode(asked)
    path = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke-with-response-stream"
    assert encoded.url == path
    assert encoded.headers["accept"] == "application/vnd.amazon.eventstream"
    assert not any(name.startswith("anthropic") for name in encoded.headers)
    assert json.loads(encoded.body) == {
        "anthropic_version": "bedrock-2023-05-31",
        "anthropic_beta": ["one", "two"],
        "max_tokens": 16000,
        "messages": [{"role": "user", "content": "Hi."}],
        "metadata": {"user_id": "u"},
    }
    assert CODEC.encode(request(MODEL)).url.endswith("/invoke")
    assert "anthropic_beta" not in body_of(CODEC, request(MODEL))


def test_tools_of_anthropics_own_servers_are_not_there() -> None:
    with pytest.raises(llm.FeatureNotSupportedError, match="Provider tool web_search"):
        CODEC.encode(request(MODEL, tools=[llm.WebSearchTool()]))


def test_a_stream() -> None:
    frames = [
        chunk(type="message_start", message={"content": [], "usage": {"input_tokens": 3}}),
        chunk(type="content_block_start", index=0, content_block={"type": "text", "text": ""}),
        chunk(type="content_block_delta", index=0, delta={"type": "text_delta", "text": "Hi"}),
        chunk(type="content_block_stop", index=0),
        chunk(type="message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 2}),
        chunk(type="message_stop", **{"amazon-bedrock-invocationMetrics": {"inputTokenCount": 3}}),
    ]
    decoder = CODEC.decoder(request(MODEL))
    log = log_of(decode_events(decoder, events_of(CODEC, [b"".join(frames)])))
    assert log.content == [llm.Text(text="Hi")]
    assert log.usage is not None
    assert (log.usage.input_tokens, log.usage.output_tokens) == (3, 2)
    assert decoder.done


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("throttlingException", llm.RateLimitError),
        ("modelTimeoutException", llm.TimeoutError),
        ("modelStreamErrorException", llm.ServerError),
        ("validationException", llm.BadRequestError),
    ],
)
def test_exceptions(name: str, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=r"Too bad\."):
        decode_events(
            CODEC.decoder(request(MODEL)), events_of(CODEC, [exception(name, "Too bad.")])
        )


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b'{"bytes": 1}', b'{"bytes": "*"}', '{"bytes": "é"}'.encode()]
)
def test_frames_without_an_event(payload: bytes) -> None:
    with pytest.raises(FrameError, match="has no event in it"):
        events_of(CODEC, [event("chunk", payload)])


def test_errors() -> None:
    headers = {"x-amzn-errortype": "AccessDeniedException"}
    info = CODEC.error(403, headers, b'{"Message":"no"}')
    assert (info.status, info.message, info.code) == (403, "no", "AccessDeniedException")
