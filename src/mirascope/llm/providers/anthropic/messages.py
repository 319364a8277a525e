"""Messages to the Messages wire.

Turns of the same role that follow each other become one, and tool results come first in theirs, as
the vendor wants it. A system message in the middle of a conversation has no place of its own on
this wire: it stays where it is, as text of the user in ``<system>`` tags.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import assert_never, cast

from mirascope.llm.content import (
    Audio,
    Base64DocumentSource,
    Base64ImageSource,
    Document,
    Image,
    Text,
    TextDocumentSource,
    Thought,
    ToolCall,
    ToolOutput,
    UserContentPart,
)
from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.formatting import FORMAT_TOOL_NAME
from mirascope.llm.messages import AssistantMessage, SystemMessage, UserMessage
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import (
    encode_thoughts,
    parse_json_object,
    reusable_raw,
    thought_as_text,
    tool_output_text,
)
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["CACHED", "Block", "encode_messages"]

Block = dict[str, object]

CACHED: Block = {"type": "ephemeral"}
_CACHEABLE = frozenset({"text", "image", "document", "tool_use", "tool_result"})
_IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_NOT_IN_IDS = re.compile(r"[^a-zA-Z0-9_-]")


class _CallIds:
    """The ids of calls that other vendors made, as this one accepts them.

    It refuses ids that come twice, which happens where a vendor numbers the calls of each turn, and
    ids with characters of many kinds.
    """

    def __init__(self) -> None:
        self._current: dict[str, str] = {}
        self._used: set[str] = set()

    def new(self, id: str) -> str:
        """Return the id of a call."""
        base = unique = _NOT_IN_IDS.sub("_", id)
        number = 2
        while unique in self._used:
            unique = f"{base}_{number}"
            number += 1
        self._used.add(unique)
        self._current[id] = unique
        return unique

    def current(self, id: str) -> str:
        """Return the id of the last call that had `id`, for its result."""
        return self._current.get(id) or _NOT_IN_IDS.sub("_", id)


def encode_messages(request: Request, start: int) -> list[dict[str, object]]:
    """Return the messages from index `start` on.

    Raises:
        FeatureNotSupportedError: The wire has no form for some part, or a user message is empty.
    """
    turns: list[tuple[str, list[Block]]] = []
    ids = _CallIds()
    for message in request.messages[start:]:
        match message:
            case SystemMessage():
                role, blocks = "user", _late_system(message)
            case UserMessage():
                role, blocks = "user", _user(message, request, ids)
            case AssistantMessage():
                role, blocks = "assistant", _assistant(message, request, ids)
            case _:
                assert_never(message)
        if blocks and turns and turns[-1][0] == role:
            turns[-1][1].extend(blocks)
        elif blocks:
            turns.append((role, blocks))
    if not turns:
        raise _unsupported(request, "empty message content", "needs a message with content")
    if any(role == "assistant" for role, _ in turns):
        _mark_cached(turns[-1][1])
    return [{"role": role, "content": _content(blocks)} for role, blocks in turns]


def _mark_cached(blocks: list[Block]) -> None:
    """Mark the end of the conversation: the next turn of it will begin the same."""
    for index in reversed(range(len(blocks))):
        block = blocks[index]
        if block.get("type") in _CACHEABLE and block.get("content") != "":
            blocks[index] = {**block, "cache_control": CACHED}
            return


def _content(blocks: list[Block]) -> str | list[Block]:
    if len(blocks) == 1 and blocks[0].keys() == {"type", "text"}:
        return cast("str", blocks[0]["text"])
    results = [block for block in blocks if block.get("type") == "tool_result"]
    return results + [block for block in blocks if block.get("type") != "tool_result"]


def _late_system(message: SystemMessage) -> list[Block]:
    text = message.content.text
    return [_text(f"<system>\n{text}\n</system>")] if text.strip() else []


def _text(text: str) -> Block:
    return {"type": "text", "text": text}


def _user(message: UserMessage, request: Request, ids: _CallIds) -> list[Block]:
    blocks = [block for part in message.content if (block := _user_part(part, request, ids))]
    if not blocks:
        raise _unsupported(request, "empty message content", "does not accept empty messages")
    return blocks


def _user_part(part: UserContentPart, request: Request, ids: _CallIds) -> Block | None:
    match part:
        case Text():
            return _text(part.text) if part.text.strip() else None
        case Image():
            return _image(part, request)
        case Document():
            return _document(part)
        case ToolOutput():
            return _tool_result(part, ids.current(part.id))
        case Audio():
            raise _unsupported(request, "audio input", "does not support audio inputs")
        case _:
            assert_never(part)


def _image(image: Image, request: Request) -> Block:
    source = image.source
    if not isinstance(source, Base64ImageSource):
        return {"type": "image", "source": {"type": "url", "url": source.url}}
    if source.mime_type not in _IMAGES:
        raise _unsupported(
            request,
            f"Image with mime_type: {source.mime_type}",
            f"does not accept images of type {source.mime_type}",
        )
    return {
        "type": "image",
        "source": {"type": "base64", "media_type": source.mime_type, "data": source.data},
    }


def _document(document: Document) -> Block:
    source = document.source
    if isinstance(source, Base64DocumentSource):
        kind, media_type = "base64", str(source.media_type)
    elif isinstance(source, TextDocumentSource):
        kind, media_type = "text", "text/plain"  # the only one this wire has for text
    else:
        return {"type": "document", "source": {"type": "url", "url": source.url}}
    return {
        "type": "document",
        "source": {"type": kind, "media_type": media_type, "data": source.data},
    }


def _tool_result(output: ToolOutput[Jsonable], id: str) -> Block:
    text = tool_output_text(output.result)
    block: Block = {"type": "tool_result", "tool_use_id": id, "content": text}
    if output.error is not None:
        return {**block, "content": text or "The tool failed.", "is_error": True}
    return block


def _assistant(message: AssistantMessage, request: Request, ids: _CallIds) -> list[Block]:
    raw = reusable_raw(message, request, request.model_name)
    if isinstance(raw, dict):
        content = cast("dict[str, object]", raw).get("content")
        return list(cast("Sequence[Block]", content)) if isinstance(content, list) else []
    blocks: list[Block] = []
    for part in message.content:
        match part:
            case Text():
                text = part.text
            case Thought():
                text = thought_as_text(part.thought) if encode_thoughts(request.params) else ""
            case ToolCall() if part.name.startswith(FORMAT_TOOL_NAME):
                text = part.args
            case ToolCall():
                arguments = parse_json_object(part.args)
                blocks.append(
                    {
                        "type": "tool_use",
                        "id": ids.new(part.id),
                        "name": part.name,
                        "input": arguments,
                    }
                )
                continue
            case _:
                assert_never(part)
        if text.strip():
            blocks.append(_text(text))
    return blocks


def _unsupported(request: Request, feature: str, why: str) -> FeatureNotSupportedError:
    return FeatureNotSupportedError(
        feature, request.provider_id, request.model_id, f"{request.provider_id} {why}."
    )
