"""Saved messages are messages again, and stand in annotations as ever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_type

from pydantic import BaseModel

from mirascope import llm


class Chat(BaseModel):
    messages: list[llm.Message]


def saving(messages: Sequence[llm.Message], one: llm.UserMessage) -> None:
    assert_type(llm.messages.to_json(messages), str)
    assert_type(llm.messages.to_json(one), str)
    llm.messages.to_json("text")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(llm.messages.from_json(b"[]"), list[llm.Message])
    assert_type(
        llm.messages.message_from_json("{}"),
        llm.SystemMessage | llm.UserMessage | llm.AssistantMessage,
    )


def telling_apart(message: llm.Message, chat: Chat, output: llm.ToolOutput[int]) -> None:
    if isinstance(message, llm.AssistantMessage):
        assert_type(message.raw_message, llm.Jsonable | None)
        assert_type(message.content, Sequence[llm.AssistantContentPart])
    elif message.role == "user":
        assert_type(message, llm.UserMessage)
    else:
        assert_type(message, llm.SystemMessage)
    assert_type(chat.messages[0], llm.SystemMessage | llm.UserMessage | llm.AssistantMessage)
    assert_type(output.result, int | str)
