"""What a vendor's own objects say and how they are made: the half of a vendor that reads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from .arguments import read_arguments
from .message_param import BaseMessageParam, ContentPart, TextPart, ToolCallPart
from .reading import Reading
from .tool import BaseTool, call_arguments, call_id
from .types import FinishReason, Provider

__all__ = ["Dialect"]


class Dialect(ABC):
    """How one vendor words answers; responses, chunks and streams ask it.

    A `Reading` is what was said, whichever way it came: as one chunk, as a whole response, or
    added up from a stream.
    """

    provider: ClassVar[Provider]
    tool_type: ClassVar[type[BaseTool]]
    # The common names of the vendor's finish reasons.
    reasons: ClassVar[Mapping[str, FinishReason]] = {}

    @staticmethod
    @abstractmethod
    def read_chunk(chunk: Any, /) -> Reading:
        """Read one chunk of a stream."""

    @staticmethod
    @abstractmethod
    def read_response(response: Any, /) -> Reading:
        """Read a whole response."""

    @staticmethod
    @abstractmethod
    def read_message(message: Any, /) -> BaseMessageParam:
        """Read a message of the vendor's own; what has no common form is left out."""

    @abstractmethod
    def assistant(self, said: Reading) -> Any:
        """Make the assistant message that continues a conversation."""

    @abstractmethod
    def rebuild(self, said: Reading) -> Any:
        """Make the SDK's response object of what was streamed."""

    @abstractmethod
    def tool_results(self, tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[Any]:
        """Make the messages that hand tool outputs back to the model."""

    @abstractmethod
    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        """Make the SDK's own tool call of id, name and arguments as JSON text."""

    def call_name(self, tool_call: Any) -> str:
        """Take the tool's name out of the SDK's tool call."""
        return str(tool_call.name)

    def common_message(self, message: Any) -> BaseMessageParam:
        """Give a message that may be the vendor's own as a common one."""
        return message if isinstance(message, BaseMessageParam) else self.read_message(message)

    def common_answer(self, said: Reading) -> BaseMessageParam:
        """Give an answer as a common message."""
        if not said.tool_calls:
            return BaseMessageParam(role="assistant", content=said.text)
        parts: list[ContentPart] = [TextPart(type="text", text=said.text)] if said.text else []
        for call in said.tool_calls:
            arguments = call_arguments(self.tool_type, call)
            if isinstance(arguments, str):
                arguments = read_arguments(arguments)
            parts.append(
                ToolCallPart(
                    type="tool_call",
                    name=self.call_name(call),
                    args=dict(arguments),
                    id=call_id(self.tool_type, call),
                )
            )
        return BaseMessageParam(role="assistant", content=parts)
