"""Saving conversations as JSON, and loading them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from mirascope.llm.content.envelope import Envelope
from mirascope.llm.content.json_form import dump, load, malformed
from mirascope.llm.messages.message import (
    AssistantMessage,
    Message,
    SystemMessage,
    UserMessage,
)

__all__ = ["VERSION", "from_json", "message_from_json", "to_json"]

VERSION = 1
"""Of the saved form; see `Envelope`."""

_ENVELOPE = Envelope(
    what="saved messages",
    version=VERSION,
    kinds=("message", "messages"),
    newer="These messages were",
)


def to_json(messages: Message | Sequence[Message]) -> str:
    """Return a message, or a conversation, as JSON text that `from_json` reads.

    Every content part, name, provider id and `raw_message` is in it. The result of a tool is
    written as plain JSON, its error by class and text. Text that is still streaming in is
    written as far as it has arrived.

    Args:
        messages: A message, or any number of them: ``response.messages``, say.

    Raises:
        ValueError: Something in it is not what its class declares, holds itself, or is nested
            more deeply than Python's `json` goes.
    """
    try:
        if isinstance(messages, (SystemMessage, UserMessage, AssistantMessage)):
            return _ENVELOPE.seal("message", {"message": dump(Message, messages, "message")})
        saved = dump(Sequence[Message], messages, "messages")
        return _ENVELOPE.seal("messages", {"messages": saved})
    except RecursionError:
        pass
    raise ValueError("messages: nested too deeply, or something holds itself")


def from_json(text: str | bytes) -> list[Message]:
    """Return the messages that `to_json` wrote; a text of one message gives a list of one.

    Args:
        text: The text, or its bytes in UTF-8.

    Raises:
        ValueError: It is not what `to_json` writes, or a newer version wrote it. The error says
            where, and never what the content was.
    """
    envelope = _ENVELOPE.unseal(text)
    kind = str(envelope["mirascope"])
    if kind not in envelope:
        raise malformed(kind, "missing")
    if kind == "message":
        return [cast("Message", load(Message, envelope["message"], "message"))]
    return cast("list[Message]", load(Sequence[Message], envelope["messages"], "messages"))


def message_from_json(text: str | bytes) -> Message:
    """Return the one message that `to_json` wrote; see `from_json`.

    Raises:
        ValueError: As `from_json`, and when there is not exactly one message.
    """
    messages = from_json(text)
    if len(messages) != 1:
        raise ValueError(f"messages: expected exactly one, got {len(messages)}")
    return messages[0]
