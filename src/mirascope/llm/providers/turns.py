"""Conversations for wires that know two roles, of which neither is the system."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Literal, TypeAlias, assert_never

from mirascope._wire.json_values import as_objects, is_object
from mirascope.llm.content import ToolCall, UserContentPart
from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.formatting import FORMAT_TOOL_NAME
from mirascope.llm.messages import AssistantMessage, Message, SystemMessage, UserMessage
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import (
    reusable_raw,
    said_in,
    unsupported,
)

__all__ = ["Block", "Role", "TurnEncoder"]

Block: TypeAlias = dict[str, object]
"""A part of a turn, in the wire's own form."""
Role: TypeAlias = Literal["user", "assistant"]


class TurnEncoder(ABC):
    """Puts the messages of one request into turns; a wire says how it words a part.

    Turns of the same role that follow each other become one, with the results of tools first, as
    the vendors want them. A system message in the middle of a conversation has no place of its own:
    it stays where it is, as text of the user in ``<system>`` tags.
    """

    raw_blocks: ClassVar[str]
    """The field of the vendor's own record of a turn that holds its blocks."""

    def __init__(self, request: Request) -> None:
        """Start a conversation."""
        self._request = request

    def turns(self, start: int) -> list[tuple[Role, list[Block]]]:
        """Return the turns that the messages from index `start` on are, none of them empty.

        Raises:
            FeatureNotSupportedError: The wire has no form for some part, or a message of the user
                is empty.
        """
        turns: list[tuple[Role, list[Block]]] = []
        for message in self._request.messages[start:]:
            role: Role = "assistant" if message.role == "assistant" else "user"
            blocks = self._blocks(message)
            if blocks and turns and turns[-1][0] == role:
                turns[-1][1].extend(blocks)
            elif blocks:
                turns.append((role, blocks))
        if not turns:
            raise self.unsupported("empty message content", "needs a message with content")
        return turns

    def results_first(self, blocks: list[Block]) -> list[Block]:
        """Return `blocks` with the results of tools before all others."""
        return sorted(blocks, key=self.is_result, reverse=True)

    def recorded_name(self) -> str:
        """Return the `Codec.provider_model_name` of answers whose turns go back as they came."""
        return self._request.model_name

    def unsupported(self, feature: str, why: str) -> FeatureNotSupportedError:
        """Return the error for what the wire has no form for; `why` goes on from the vendor."""
        return unsupported(self._request, feature, f"{self._request.provider_id} {why}.")

    def _blocks(self, message: Message) -> list[Block]:
        match message:
            case SystemMessage():
                text = message.content.text
                said = [self.text(f"<system>\n{text}\n</system>")] if text.strip() else []
                return [block for block in said if block]
            case UserMessage():
                blocks = [block for part in message.content if (block := self.user_part(part))]
                if not blocks:
                    raise self.unsupported(
                        "empty message content", "does not accept empty messages"
                    )
                return blocks
            case AssistantMessage():
                return self._assistant(message)
            case _:
                assert_never(message)

    def _assistant(self, message: AssistantMessage) -> list[Block]:
        request = self._request
        raw = reusable_raw(message, request, self.recorded_name())
        if is_object(raw):
            return [dict(block) for block in as_objects(raw.get(self.raw_blocks))]
        blocks: list[Block] = []
        calls = 0
        for part in message.content:
            if isinstance(part, ToolCall) and not part.name.startswith(FORMAT_TOOL_NAME):
                blocks.append(self.call(part, calls))
                calls += 1
                continue
            text = part.args if isinstance(part, ToolCall) else said_in(part, request.params)
            if text and (block := self.text(text)):
                blocks.append(block)
        return blocks

    @abstractmethod
    def text(self, text: str) -> Block | None:
        """Return text of either role; None if the wire refuses it."""

    @abstractmethod
    def user_part(self, part: UserContentPart) -> Block | None:
        """Return a part of a user message; None if the wire refuses it as good as empty.

        Raises:
            FeatureNotSupportedError: The wire has no form for it.
        """

    @abstractmethod
    def call(self, call: ToolCall, index: int) -> Block:
        """Return a tool call; `index` counts the calls of one message."""

    @abstractmethod
    def is_result(self, block: Block) -> bool:
        """Tell whether a block holds what a tool of the user's returned."""
