"""What a failed request says, in all the forms that servers have for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mirascope.llm import exceptions as exc
from mirascope.llm.providers.codec import Codec
from mirascope.llm.providers.errors import error_class, plain_text
from mirascope.llm.providers.masks import mask_keys
from mirascope.llm.providers.openai.chat import OpenAIChatCodec
from mirascope.llm.providers.openai.errors import http_error, stream_error
from mirascope.llm.providers.openai.responses import OpenAIResponsesCodec
from tests.linear import LINEAR, growth


def read(status: int, body: Any) -> tuple[int, str, str | None]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    info = http_error(status, data)
    return info.status, info.message, info.code


@pytest.mark.parametrize(
    ("status", "body", "found"),
    [
        (
            401,
            {"error": {"message": "Bad key.", "type": "invalid_request_error", "code": "bad"}},
            (401, "Bad key.", "bad"),
        ),
        (400, {"error": {"message": "No.", "type": "t", "code": None}}, (400, "No.", "t")),
        (400, {"error": {"message": "No.", "code": 400}}, (400, "No.", "400")),
        # The Responses API answers 400 to a model that does not exist.
        (
            400,
            {"error": {"message": "No such model.", "code": "model_not_found"}},
            (404, "No such model.", "model_not_found"),
        ),
        (
            400,
            {"message": "Invalid model: x", "type": "invalid_model", "code": "1500"},
            (404, "Invalid model: x", "1500"),
        ),
        (
            400,
            {"code": "invalid-argument", "error": "Incorrect API key provided. See x.ai."},
            (401, "Incorrect API key provided. See x.ai.", "invalid-argument"),
        ),
        (
            400,
            {"code": "invalid-argument", "error": "Model not found: grok-9"},
            (404, "Model not found: grok-9", "invalid-argument"),
        ),
        (
            400,
            {"error": {"message": "x", "code": "previous_response_not_found"}},
            (400, "x", "previous_response_not_found"),
        ),
        (404, {"error": "Not here."}, (404, "Not here.", None)),
        (401, {"detail": "Sign in."}, (401, "Sign in.", None)),
        (422, {"detail": [{"loc": ["x"], "msg": "too long"}]}, (422, "too long", None)),
        (400, [{"error": {"message": "In a list.", "code": 400}}], (400, "In a list.", "400")),
        (
            429,
            {
                "error": {
                    "message": "Provider returned error",
                    "code": 429,
                    "metadata": {"raw": '{"error": {"message": "Too many."}}'},
                }
            },
            (429, "Provider returned error: Too many.", "429"),
        ),
        (
            429,
            {"error": {"message": "Provider returned error", "metadata": {"raw": "Too many."}}},
            (429, "Provider returned error: Too many.", None),
        ),
        (502, b"upstream\n  connect error", (502, "upstream connect error", None)),
        (
            502,
            b"<html><head><title>502 Bad&nbsp;Gateway</title><style>p { x: 1 }</style></head>\n"
            b"<body><h1>nginx</h1><script>alert(1)</script></body></html>",
            (502, "502 Bad Gateway nginx", None),
        ),
        (500, b"", (500, "HTTP 500, without a message", None)),
        (500, {}, (500, "HTTP 500, without a message", None)),
        (500, {"error": {"message": {"text": 1}}}, (500, "HTTP 500, without a message", None)),
        (500, b"\xff\xfe", (500, "\ufffd\ufffd", None)),
    ],
)
def test_the_answer_to_a_failed_request(
    status: int, body: Any, found: tuple[int, str, str | None]
) -> None:
    assert read(status, body) == found


@pytest.mark.parametrize("codec", [OpenAIChatCodec(), OpenAIResponsesCodec()])
def test_both_codecs_read_errors(codec: Codec) -> None:
    info = codec.error(429, {}, b'{"error": {"message": "Slow down.", "code": "rate_limit"}}')
    assert (info.status, info.message, info.code) == (429, "Slow down.", "rate_limit")
    assert error_class(info.status) is exc.RateLimitError


def test_a_message_is_short_and_has_no_key_in_it() -> None:
    keys = ["sk-proj-abcDEF123_456", "gsk_abcdef123456", "xai-abcdefgh1234", "AIzaSyABCDEFGH"]
    for key in keys:
        status, message, _ = read(401, {"error": {"message": f"Incorrect key: {key}. See docs."}})
        assert status == 401
        assert key[5:] not in message
        assert message.endswith("***. See docs.")
    assert "c2VjcmV0" not in mask_keys("Authorization: Bearer c2VjcmV0LXRva2Vu")
    assert mask_keys("sk-inval**************-key.") == "sk-***."
    assert mask_keys("use the task-manager or sk-learn") == "use the task-manager or sk-learn"
    assert len(read(500, ("x" * 100_000).encode())[1]) == 1001


def test_depth_and_strange_types_are_no_trouble() -> None:
    deep: Any = "bottom"
    for _ in range(50):
        deep = {"error": deep}
    assert read(500, deep)[1] == "HTTP 500, without a message"
    assert stream_error([]).status == 500
    assert stream_error(None).message == "error without a message"
    assert stream_error({"code": True, "type": ["x"]}).status == 500
    assert read(400, b"[" * 100_000)[0] == 400


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"code": "rate_limit_exceeded"}, 429),
        ({"type": "tokens", "code": "rate_limit_exceeded"}, 429),
        ({"code": "insufficient_quota"}, 429),
        ({"type": "too_many_requests"}, 429),
        ({"code": "invalid_api_key", "type": "invalid_request_error"}, 401),
        ({"type": "authentication_error"}, 401),
        ({"code": "unsupported_country_region_territory"}, 403),
        ({"code": "model_not_found"}, 404),
        ({"code": "DeploymentNotFound"}, 404),
        ({"code": "context_length_exceeded"}, 400),
        ({"type": "exceed_context_size_error"}, 400),
        ({"code": "string_above_max_length", "type": "invalid_request_error"}, 400),
        ({"code": "tool_use_failed"}, 400),
        ({"code": "content_filter"}, 400),
        ({"code": "server_error"}, 500),
        ({"type": "internal_server_error"}, 500),
        ({"type": "overloaded_error"}, 503),
        ({"code": "engine_overloaded"}, 503),
        ({"code": "vector_store_timeout"}, 504),
        ({"code": "3051"}, 500),
        ({"code": "3051", "type": "invalid_request_invalid_args"}, 400),
        ({"code": 502}, 502),
        ({"status_code": 400, "code": "server_error"}, 400),
        ({"error": {"code": 429}}, 429),
        ({}, 500),
    ],
)
def test_the_status_an_error_stands_for(error: dict[str, Any], status: int) -> None:
    assert stream_error({"message": "x", **error}).status == status


@pytest.mark.parametrize("opened", ["<!--", "<", "<script", "<style>", "<title", "</script  "])
def test_pages_that_close_nothing_are_read_in_linear_time(opened: str) -> None:
    def read(n: int) -> Callable[[], object]:
        body = ("<title>" + opened * (n // len(opened))).encode()
        return lambda: (http_error(502, body), plain_text(body))

    assert growth(read, 20_000) < LINEAR


def test_what_a_page_says_is_found_among_what_it_never_closes() -> None:
    page = b"<html><title\n a='1'>  502 Bad\n Gateway </title >" + b"<!--" * 10_000
    assert plain_text(page) == "502 Bad Gateway"
    assert http_error(502, page).message == "502 Bad Gateway"
