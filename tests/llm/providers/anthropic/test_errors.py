"""Errors of the Messages wire that came with an error status."""

from __future__ import annotations

import pytest

from mirascope.llm.providers.anthropic.codec import AnthropicCodec

CODEC = AnthropicCodec()


@pytest.mark.parametrize(
    ("status", "body", "message", "code"),
    [
        (
            401,
            b'{"type":"error","error":{"type":"authentication_error","message":"invalid key"}}',
            "invalid key",
            "authentication_error",
        ),
        (529, b'{"error":{"type":"overloaded_error"}}', "overloaded_error", "overloaded_error"),
        (400, b'{"error":"no"}', "no", None),
        (422, b'{"detail":"no"}', "no", None),
        (400, b'[{"error":{"message":"no"}}]', "no", None),
        (502, b"<html><head><title> Bad Gateway </title></head>", "Bad Gateway", None),
        (502, b"<html><body>x</body>", "HTTP 502, without a message", None),
        (503, b"upstream connect error\nmore", "upstream connect error", None),
        (500, b"", "HTTP 500, without a message", None),
        (500, b"{}", "HTTP 500, without a message", None),
        (500, b"[]", "HTTP 500, without a message", None),
        (500, b"\xff\xfe", "\ufffd\ufffd", None),
        (401, b'{"error":{"message":"bad sk-ant-api03-abcdefgh"}}', "bad sk-***", None),
        (401, b"bad sk-ant-api03-abcdefgh", "bad sk-***", None),
    ],
)
def test_errors(status: int, body: bytes, message: str, code: str | None) -> None:
    info = CODEC.error(status, {}, body)
    assert (info.status, info.message, info.code) == (status, message, code)
