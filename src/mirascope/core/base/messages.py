"""Short constructors for messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from .media import content_part
from .message_param import BaseMessageParam, ContentPart
from .narrowing import is_items

__all__ = ["Messages"]


def _message(role: str, content: Any) -> BaseMessageParam:
    if isinstance(content, str):
        return BaseMessageParam(role=role, content=content)
    if is_items(content):
        return BaseMessageParam(role=role, content=[content_part(item) for item in content])
    return BaseMessageParam(role=role, content=[content_part(content)])


class Messages:
    """`Messages.User(...)` and its siblings; `Messages.Type` is what a prompt may return."""

    Type: TypeAlias = (
        str | ContentPart | Sequence[str | ContentPart] | BaseMessageParam | list[BaseMessageParam]
    )

    @classmethod
    def System(cls, content: Any) -> BaseMessageParam:
        """Make a system message of text, or of a list of text and parts."""
        return _message("system", content)

    @classmethod
    def User(cls, content: Any) -> BaseMessageParam:
        """Make a user message of text, or of a list of text and parts."""
        return _message("user", content)

    @classmethod
    def Assistant(cls, content: Any) -> BaseMessageParam:
        """Make an assistant message of text, or of a list of text and parts."""
        return _message("assistant", content)
