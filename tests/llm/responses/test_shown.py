"""What a notebook shows of a response: one line, whatever state it is in, and no secret."""

from __future__ import annotations

from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.types.shown import LONGEST

from .chunks import MIXED, text
from .conftest import Variant
from .saved import samples, stream, whole

ID = "'anthropic/claude-sonnet-4-5'"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("whole-text", f"Response({ID}, 'At 04:12.')"),
        ("whole-everything", f"Response({ID}, 'At 04:12.', tokens=19)"),
        ("whole-refusal", f"Response({ID}, 'At 04:12.', finish_reason='refusal')"),
        (
            "stream-everything",
            f"StreamResponse({ID}, 'calling', state='complete', tool_calls=3, tokens=38)",
        ),
        (
            "stream-max-tokens",
            f"StreamResponse({ID}, 'At 04', state='complete', finish_reason='max_tokens')",
        ),
        ("stream-rate-limited", f"StreamResponse({ID}, state='failed')"),
        ("stream-closed", "StreamResponse('openai/gpt-5-mini', 'one', state='cancelled')"),
    ],
)
def test_one_line(name: str, line: str) -> None:
    assert repr(samples()[name]) == line


def test_every_class_shows_how_far_it_is(variant: Variant) -> None:
    response = variant.stream(MIXED)
    name = variant.stream_class.__name__
    assert repr(response) == f"{name}('test/model', state='pending')"
    iterator = variant.iter(response.text_stream())
    variant.next(iterator)
    assert repr(response) == f"{name}('test/model', 'Hello', state='streaming')"
    variant.list(iterator)
    said = r"'Hello world\nbye'"
    assert repr(response) == f"{name}('test/model', {said}, state='complete', tool_calls=2)"
    loaded = variant.response_class.from_json(response.to_json())
    name = variant.response_class.__name__
    assert repr(loaded) == f"{name}('test/model', {said}, tool_calls=2)"


def test_a_long_answer_is_cut() -> None:
    response = stream(*text("word " * 1000))
    assert repr(response) == f"StreamResponse({ID}, '{'word ' * 11}wo...', state='complete')"
    odd = stream(*text("\x00\u2028\n" * 1000), model_id="test/" + "m" * 500)
    assert len(repr(odd)) == LONGEST
    assert len(repr(odd).splitlines()) == 1


def test_no_secrets() -> None:
    secret: Any = {"extra_headers": {"x-key": "s3cret"}, "extra_body": {"key": "s3cret"}}
    broken = stream(llm.AuthenticationError("s3cret", "test"), params=secret)
    for response in (whole(params=secret), broken):
        assert "s3cret" not in repr([response])


def test_what_is_half_made_is_shown_too() -> None:
    for cls in (llm.Response, llm.StreamResponse):
        assert repr(cls.__new__(cls)).startswith("<mirascope.llm.responses.")
    odd: Any = 5
    assert repr(whole(assistant_message=llm.messages.assistant([], model_id=odd, provider_id="x")))
