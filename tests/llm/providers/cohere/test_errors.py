"""Errors of the Chat wire that came with an error status."""

from __future__ import annotations

import pytest

from mirascope.llm.providers.cohere.codec import CohereCodec

CODEC = CohereCodec()


@pytest.mark.parametrize(
    ("status", "body", "message", "code"),
    [
        (404, b'{"id":"2d","message":"model \'x\' not found"}', "model 'x' not found", None),
        (401, b'{"message":"invalid api token"}', "invalid api token", None),
        (429, b'{"message":"You are using a Trial key"}', "You are using a Trial key", None),
        (400, b'{"error":"no"}', "no", None),
        (400, b'{"error":{"message":"no","type":"bad"}}', "no", "bad"),
        (422, b'{"detail":"no"}', "no", None),
        (400, b'[{"message":"no"}]', "no", None),
        (400, b'{"message":"one\\n two"}', "one two", None),
        (502, b"<html><head><title> Bad Gateway </title></head>", "Bad Gateway", None),
        (503, b"upstream connect error\nmore", "upstream connect error", None),
        (500, b"", "HTTP 500, without a message", None),
        (500, b"{}", "HTTP 500, without a message", None),
        (500, b"[]", "HTTP 500, without a message", None),
        (500, b'{"message":{"a":1}}', "HTTP 500, without a message", None),
        (401, b'{"message":"bad sk-ant-api03-abcdefgh"}', "bad sk-***", None),
    ],
)
def test_errors(status: int, body: bytes, message: str, code: str | None) -> None:
    info = CODEC.error(status, {}, body)
    assert (info.status, info.message, info.code) == (status, message, code)


def test_a_long_message_is_cut() -> None:
    assert len(CODEC.error(400, {}, b'{"message":"' + b"x" * 10**6 + b'"}').message) <= 1000
