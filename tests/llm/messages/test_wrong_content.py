"""What is no message is refused at the door, and told what to pass instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mirascope import llm

TEXT = llm.Text(text="x")
CALL = llm.ToolCall(id="1", name="f", args="{}")
WRONG: list[tuple[Any, str]] = [
    ({"role": "user", "content": "hi"}, r"not dict\..*llm\.messages\.user"),
    ([{"role": "user", "content": "hi"}], r"not dict\..*llm\.messages\.user"),
    (b"bytes", r"not bytes\..*from_bytes"),
    ([b"bytes"], r"not bytes\."),
    (Path("photo.png"), r"not Posix.*from_file|not .*Path.*from_file"),
    (5, r"not int\."),
    (object(), r"not object\."),
    ([None], r"not NoneType\."),
    ([["nested"]], r"not list\."),
    ([llm.SystemMessage(content=CALL)], r"one of str, llm\.Text, not ToolCall\."),  # type: ignore[arg-type]
    ([TEXT, 5], r"not int\."),
    ([llm.UserMessage(content=[{"type": "text"}])], r"not dict\."),  # type: ignore[list-item]
    ([llm.UserMessage(content=[CALL])], r"not ToolCall\."),  # type: ignore[list-item]
    ([llm.UserMessage(content="hi")], r"UserMessage\.content .* llm\.messages\.user\("),  # type: ignore[arg-type]
    ([llm.UserMessage(content=["hi"])], r"llm\.messages\.user\("),  # type: ignore[list-item]
    ([llm.UserMessage(content=TEXT)], r"has to be a list of parts"),  # type: ignore[arg-type]
    ([llm.SystemMessage(content="hi")], r"llm\.messages\.system\("),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("content", "message"), WRONG)
def test_what_is_no_content(content: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        llm.Model("openai/gpt-5-mini").call(content)
    with pytest.raises(TypeError, match=message):
        llm.messages.promote_to_messages(content)


@pytest.mark.parametrize("content", [{"role": "user"}, b"x", 5, None, llm.messages.user("x")])
def test_the_builders_check_too(content: Any) -> None:
    with pytest.raises(TypeError, match=r"one of str, llm\.Text, not"):
        llm.messages.system(content)
    with pytest.raises(TypeError, match=r"one of str, llm\.Text"):
        llm.messages.assistant(content, model_id=None, provider_id=None)
    with pytest.raises(TypeError, match=r"one of str, llm\.Text"):
        llm.messages.user(content)


def test_messages_inside_a_message() -> None:
    with pytest.raises(TypeError, match="not inside one"):
        llm.messages.user(llm.messages.user("hi"))  # type: ignore[arg-type]
