"""Errors of the generateContent wire that came with an error status."""

from __future__ import annotations

import json

import pytest

from mirascope.llm.providers.errors import api_error
from mirascope.llm.providers.google.codec import GoogleCodec
from tests.llm.providers.traffic import FIXTURES

CODEC = GoogleCodec()
KEY_GONE = b'{"error":{"message":"API key expired. Please renew.","status":"INVALID_ARGUMENT"}}'


@pytest.mark.parametrize(
    ("status", "body", "expected", "message", "code"),
    [
        (
            403,
            b'{"error":{"message":"no","status":"PERMISSION_DENIED"}}',
            403,
            "no",
            "PERMISSION_DENIED",
        ),
        (404, b'[{"error":{"message":"no","status":"NOT_FOUND"}}]', 404, "no", "NOT_FOUND"),
        (400, KEY_GONE, 401, "API key expired. Please renew.", "INVALID_ARGUMENT"),
        (
            400,
            b'{"error":{"message":"x","details":[{"reason":"API_KEY_INVALID"}]}}',
            401,
            "x",
            None,
        ),
        (400, b'{"error":{"message":"x","details":[1,{"reason":"OTHER"}]}}', 400, "x", None),
        (503, b'{"error":{"status":"UNAVAILABLE"}}', 503, "UNAVAILABLE", "UNAVAILABLE"),
        (500, b'{"error":"no"}', 500, "no", None),
        (500, b'"no"', 500, "no", None),
        (
            404,
            b"<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>",
            404,
            "Error 404 (Not Found)!!1",
            None,
        ),
        (502, b"<html>", 502, "HTTP 502, without a message", None),
        (502, b"bad gateway\nmore", 502, "bad gateway", None),
        (500, b"", 500, "HTTP 500, without a message", None),
        (500, b"[]", 500, "HTTP 500, without a message", None),
        (500, b"{}", 500, "HTTP 500, without a message", None),
        (
            400,
            b'{"error":{"message":"key AIzaSyABCDEFGHIJ in /v1?key=abc&x"}}',
            400,
            "key AIza*** in /v1?key=***&x",
            None,
        ),
    ],
)
def test_errors(status: int, body: bytes, expected: int, message: str, code: str | None) -> None:
    info = CODEC.error(status, {}, body)
    assert (info.status, info.message, info.code) == (expected, message, code)


def test_a_bad_key_is_an_authentication_error() -> None:
    body = (FIXTURES / "google-bad-key.json").read_bytes()
    assert CODEC.error(400, {}, body).status == 401


@pytest.mark.parametrize(
    ("delay", "expected"),
    [("34.074824224s", 34.074824224), ("0s", 0.0), ("nans", None), ("-3s", None), ("34", None)]
    + [(7, None), (None, None)],
)
def test_how_long_to_wait_is_in_the_details(delay: object, expected: float | None) -> None:
    """In the form of https://cloud.google.com/apis/design/errors#error_details; made by hand."""
    details: list[dict[str, object]] = [
        {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": []},
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay},
    ]
    error: dict[str, object] = {
        "code": 429,
        "message": "quota",
        "status": "RESOURCE_EXHAUSTED",
        "details": details,
    }
    info = CODEC.error(429, {}, json.dumps({"error": error}).encode())
    assert info.retry_after == expected
    assert api_error(info, provider="google", model="m").retry_after == expected
    assert api_error(info, provider="google", model="m", retry_after=1.0).retry_after == 1.0
