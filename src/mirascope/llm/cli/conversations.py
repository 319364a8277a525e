"""Conversations in the log: to be gone on with, and to be added to."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from mirascope.llm.cli.exits import UsageError
from mirascope.llm.cli.log_book import (
    LogError,
    add_entry,
    forget_messages,
    read_entries,
    read_messages,
)
from mirascope.llm.cli.record import Record
from mirascope.llm.messages import Message, SystemMessage, from_json, system, to_json
from mirascope.llm.responses import RootResponse

__all__ = ["Conversation"]


class Conversation:
    """What was said before, and where what is said now is logged.

    Attributes:
        id: What the log calls it.
        model: The id of the model that was asked last; None in a new conversation.
        said: What was said, without instructions.
    """

    id: str
    model: str | None
    said: list[Message]

    def __init__(self, id: str | None = None) -> None:
        """Begin a conversation.

        Args:
            id: What the log calls it; one that nobody else has, when None.
        """
        self.id = secrets.token_hex(6) if id is None else id
        self.model = None
        self.said = []
        self._instructions: SystemMessage | None = None
        self._instructed_anew = False

    @classmethod
    def logged(cls, id: str | None = None) -> Conversation:
        """Return the one with an id, or the last one.

        Raises:
            UsageError: There is none, or the log cannot be read.
        """
        try:
            last = read_entries(conversation=id, most=1)
            if not last:
                raise UsageError("there is no such conversation to go on with in the log")
            found = cls(last[0].conversation)
            found.model = last[0].record["model"]
            for saved in read_messages(found.id):
                found._extend(from_json(saved))
        except (LogError, ValueError, KeyError) as error:
            raise UsageError(f"the conversation cannot be read: {error}") from error
        return found

    @property
    def messages(self) -> list[Message]:
        """Return what a model is to know before the next question."""
        return [*([self._instructions] if self._instructions else []), *self.said]

    def instruct(self, instructions: str) -> None:
        """Say what the model is told before all else, from now on."""
        self._instructions = system(instructions)
        self._instructed_anew = True

    def log(self, record: Record, response: RootResponse[Any, Any] | None) -> None:
        """Log an answer to what was asked after `messages`.

        Args:
            record: What is known of it.
            response: The answer, with all its messages; None where there is none.

        Raises:
            LogError: It cannot be logged.
        """
        added: list[Message] = []
        if response is not None and response.content:  # else the question would stand alone
            if self._instructions is not None and self._instructed_anew:
                added = [self._instructions]
            added += response.messages[len(self.messages) :]
        try:
            saved = to_json(added)
        except ValueError as error:
            raise LogError(str(error)) from error
        add_entry(self.id, record, saved)

    def take(self, response: RootResponse[Any, Any]) -> None:
        """Go on after an answer."""
        self.said = response.messages[len(self.messages) - len(self.said) :]
        self.model = response.model_id
        self._instructed_anew = False

    def undo(self, *, logged: bool) -> str | None:
        """Take back the last question and what followed; return the question, if there was one.

        Args:
            logged: Whether the log is to know, too.

        Raises:
            LogError: The log cannot be written; here it is taken back.
        """
        for place in range(len(self.said) - 1, -1, -1):
            message = self.said[place]
            if message.role != "user":
                continue
            texts = [part.text for part in message.content if part.type == "text"]
            if texts:  # what tools returned is the user's, too
                del self.said[place:]
                self._instructed_anew = True  # they may have been logged with what is gone
                if logged:
                    forget_messages(self.id, to_json([]))
                return texts[0]
        return None

    def _extend(self, messages: Sequence[Message]) -> None:
        for message in messages:
            if isinstance(message, SystemMessage):
                self._instructions = message
            else:
                self.said.append(message)
