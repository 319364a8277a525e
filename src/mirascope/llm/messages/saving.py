"""Saving conversations as JSON, and loading them again."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import cast

from mirascope.llm.content.json_form import dump, expected, load, malformed, read_record
from mirascope.llm.messages.message import (
    AssistantMessage,
    Message,
    SystemMessage,
    UserMessage,
)

__all__ = ["VERSION", "from_json", "message_from_json", "to_json"]

VERSION = 1
"""Of the saved form. It changes when what is written today could not be read as it was meant."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


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
    envelope: dict[str, object]
    try:
        if isinstance(messages, (SystemMessage, UserMessage, AssistantMessage)):
            envelope = {"message": dump(Message, messages, "message")}
        else:
            envelope = {"messages": dump(Sequence[Message], messages, "messages")}
        text = json.dumps(
            {"mirascope": next(iter(envelope)), "version": VERSION, **envelope},
            ensure_ascii=False,
            separators=(",", ":"),
        )
    except RecursionError:
        text = None
    if text is None:
        raise ValueError("messages: nested too deeply, or something holds itself")
    # UTF-8 has no form for half of a surrogate pair, JSON has.
    return _LONE_SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def from_json(text: str | bytes) -> list[Message]:
    """Return the messages that `to_json` wrote; a text of one message gives a list of one.

    Args:
        text: The text, or its bytes in UTF-8.

    Raises:
        ValueError: It is not what `to_json` writes, or a newer version wrote it. The error says
            where, and never what the content was.
    """
    envelope = _envelope(text)
    if envelope["mirascope"] == "message":
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


def _envelope(text: str | bytes) -> dict[str, object]:
    """Return what was written, with a known kind and version."""
    problem = None
    value: object = None
    try:
        value = json.loads(text, parse_constant=lambda constant: None)
    except json.JSONDecodeError as error:
        problem = f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
    except UnicodeDecodeError:
        problem = "not JSON: the bytes are not UTF-8"
    except RecursionError:
        problem = "nested too deeply"
    except ValueError:  # the only one left: an integer longer than Python reads
        problem = "an integer in it has too many digits"
    if problem is not None:  # raised here, for those errors hold the whole text
        raise ValueError(f"Not saved messages: {problem}")
    envelope = read_record(value, "saved messages")
    kind, version = envelope.get("mirascope"), envelope.get("version")
    if kind not in ("message", "messages"):
        raise ValueError("Not saved messages: 'mirascope' is neither 'message' nor 'messages'")
    if type(version) is not int or version < 1:
        raise expected("a number from 1", version, "version")
    if version > VERSION:
        raise ValueError(
            f"These messages were written by a newer version of mirascope: in form {version}, "
            f"and this one reads up to {VERSION}"
        )
    if kind not in envelope:
        raise malformed(str(kind), "missing")
    return dict(envelope)
