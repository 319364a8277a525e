"""Messages: the classes, the builders, and telling messages from content."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope.llm.content import Image, Text, Thought, ToolCall, ToolOutput
from mirascope.llm.messages import (
    AssistantMessage,
    Message,
    SystemMessage,
    UserMessage,
    assistant,
    is_messages,
    promote_to_messages,
    system,
    user,
)

IMAGE = Image.from_url("https://x.test/a")
ANSWER = AssistantMessage(
    content=[Thought(thought="hm"), ToolCall(id="1", name="n", args="{}")],
    provider_id="openai",
    model_id="openai/gpt-5",
    provider_model_name="gpt-5:responses",
    raw_message={"role": "assistant"},
)
MESSAGES: list[Message] = [system("s"), user("u"), ANSWER]


def test_fields_and_their_order() -> None:
    def names(cls: Any) -> list[str]:
        return [field.name for field in dataclasses.fields(cls)]

    assert names(SystemMessage) == ["role", "content"]
    assert names(UserMessage) == ["role", "content", "name"]
    assert names(AssistantMessage) == [
        "role",
        "content",
        "name",
        "provider_id",
        "model_id",
        "provider_model_name",
        "raw_message",
    ]
    assert [message.role for message in MESSAGES] == ["system", "user", "assistant"]


@pytest.mark.parametrize(
    "missing", ["provider_id", "model_id", "provider_model_name", "raw_message"]
)
def test_where_an_answer_comes_from_has_to_be_said(missing: str) -> None:
    fields = {field.name: getattr(ANSWER, field.name) for field in dataclasses.fields(ANSWER)}
    assert AssistantMessage(**fields) == ANSWER
    del fields[missing]
    with pytest.raises(TypeError, match=missing):
        AssistantMessage(**fields)


@pytest.mark.parametrize("message", MESSAGES)
def test_messages_are_values(message: Message) -> None:
    for other in (copy.deepcopy(message), pickle.loads(pickle.dumps(message))):
        assert other == message
        assert other is not message
    with pytest.raises(TypeError):
        hash(message)
    with pytest.raises(TypeError):
        type(message)("x")  # type: ignore[misc]  # by keyword only


def test_system() -> None:
    text = Text(text="s")
    assert system("s") == SystemMessage(content=text)
    assert system(text).content is text


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("x", [Text(text="x")]),
        ("", [Text(text="")]),
        (IMAGE, [IMAGE]),
        (["x", IMAGE, "y"], [Text(text="x"), IMAGE, Text(text="y")]),
        (("x", IMAGE), [Text(text="x"), IMAGE]),
        ([], []),
        ((), []),
        (
            [ToolOutput(id="1", name="n", result=5)],
            [ToolOutput(id="1", name="n", result=5)],
        ),
    ],
)
def test_content_becomes_a_new_list_of_parts(content: Any, parts: list[Any]) -> None:
    message = user(content, name="me")
    assert message == UserMessage(content=parts, name="me")
    assert type(message.content) is list
    assert message.content is not content
    answer = assistant(content, model_id=None, provider_id=None)
    assert answer.content == parts


def test_parts_keep_their_identity() -> None:
    assert user([IMAGE]).content[0] is IMAGE
    assert user(IMAGE).content[0] is IMAGE


def test_assistant() -> None:
    assert assistant("x", model_id="m", provider_id="p") == AssistantMessage(
        content=[Text(text="x")],
        model_id="m",
        provider_id="p",
        provider_model_name=None,
        raw_message=None,
        name=None,
    )
    assert (
        assistant(
            ANSWER.content,
            model_id="openai/gpt-5",
            provider_id="openai",
            provider_model_name="gpt-5:responses",
            raw_message={"role": "assistant"},
        )
        == ANSWER
    )
    with pytest.raises(TypeError):
        assistant("x")  # type: ignore[call-arg]  # who answered is left out


@pytest.mark.parametrize("sequence", [list, tuple])
def test_sequences_of_messages_are_messages(sequence: type) -> None:
    messages = sequence(MESSAGES)
    assert is_messages(messages)
    assert promote_to_messages(messages) is messages


@pytest.mark.parametrize("content", ["x", "", IMAGE, ["x", IMAGE], ("x",), ANSWER])
def test_anything_else_is_not(content: Any) -> None:
    assert not is_messages(content)


@pytest.mark.parametrize("content", ["x", "", IMAGE, ["x", IMAGE], ("x", IMAGE)])
def test_content_becomes_one_user_message(content: Any) -> None:
    assert promote_to_messages(content) == [user(content)]


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_alone_is_a_conversation(message: Message) -> None:
    promoted = promote_to_messages(message)
    assert len(promoted) == 1
    assert promoted[0] is message


@pytest.mark.parametrize("empty", [[], ()])
def test_nothing_is_neither(empty: Any) -> None:
    for function in (is_messages, promote_to_messages):
        with pytest.raises(ValueError, match="empty"):
            function(empty)


def test_none_is_a_forgotten_return() -> None:
    with pytest.raises(TypeError, match="None"):
        promote_to_messages(None)  # type: ignore[arg-type]  # unchecked callers


@given(
    items=st.lists(st.sampled_from([*MESSAGES, "text", IMAGE]), min_size=1, max_size=5),
    as_tuple=st.booleans(),
)
def test_mixtures_are_refused(items: list[Any], as_tuple: bool) -> None:
    given_ = tuple(items) if as_tuple else items
    kinds = {isinstance(item, (SystemMessage, UserMessage, AssistantMessage)) for item in items}
    if kinds == {True}:
        assert promote_to_messages(given_) is given_
    elif kinds == {False}:
        assert promote_to_messages(given_) == [user(given_)]
    else:
        with pytest.raises(TypeError, match="mixed"):
            promote_to_messages(given_)
