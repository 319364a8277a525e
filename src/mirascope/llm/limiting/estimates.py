"""What a request will cost, roughly, before it is sent."""

from __future__ import annotations

from collections.abc import Iterable

from mirascope.llm.content import Text, Thought, ToolCall, ToolOutput
from mirascope.llm.layering import Request
from mirascope.llm.messages import Message

__all__ = ["estimate_tokens"]

_BYTES_A_TOKEN = 4
_TOKENS_OF_MEDIA = 1000
"""Of an image, a recording, a video or a document: nobody knows without looking at it."""
_TOKENS_OF_AN_ANSWER = 1000
"""Of an answer that has no limit of its own."""


def estimate_tokens(request: Request) -> int:
    """Return about how many tokens a request and its answer will take, rather too many.

    A token for every four bytes of text, 1,000 for an image or the like, and ``max_tokens`` for the
    answer, 1,000 without.
    """
    tokens = sum(map(_message, request.messages))
    return tokens + (request.params.get("max_tokens") or _TOKENS_OF_AN_ANSWER)


def _message(message: Message) -> int:
    content = message.content
    parts: Iterable[object] = [content] if isinstance(content, Text) else content
    return 4 + sum(map(_part, parts))


def _part(part: object) -> int:
    match part:
        case Text():
            text = part.text
        case Thought():
            text = part.thought
        case ToolCall():
            text = part.name + part.args
        case ToolOutput():
            text = str(part.result)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  # of any kind
            return _text(text) + _TOKENS_OF_MEDIA * len(part.media)
        case _:
            return _TOKENS_OF_MEDIA
    return _text(text)


def _text(text: str) -> int:
    return len(text.encode("utf-8", "replace")) // _BYTES_A_TOKEN + 1
