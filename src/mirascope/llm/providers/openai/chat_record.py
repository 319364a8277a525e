"""The message of a Chat Completions stream, put together again as if it had come in one piece.

It is kept to be sent back: thinking signatures and reasoning fields only work unchanged.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable

from mirascope._wire.json_values import (
    JsonObject,
    as_list,
    as_object,
    as_objects,
    is_list,
    is_object,
)
from mirascope.llm.providers.openai.chat_types import Delta

__all__ = ["MessageRecord", "joined"]

_STREAMED = ("text", "thinking", "reasoning.text", "reasoning.summary")
"""Types of list items that arrive piece by piece. Not a set: a server may send what has no hash."""
_GROWING = frozenset({"text", "summary", "thinking"})
"""Their fields whose pieces are put one after the other; the last piece of any other one counts."""


_SEVERITIES = ("safe", "low", "medium", "high")


class MessageRecord:
    """Everything that the deltas of one message add up to, but for its tool calls.

    Attributes:
        text: Deltas of plain content.
        strings: Deltas of the other text fields, by field.
    """

    __slots__ = (
        "_audio",
        "_audio_data",
        "_blocks",
        "_executed",
        "_fields",
        "_filter",
        "_lists",
        "_transcript",
        "strings",
        "text",
    )

    def __init__(self) -> None:
        self.text: list[str] = []
        self.strings: dict[str, list[str]] = {}
        self._blocks: list[object] = []
        self._lists: dict[str, list[object]] = {}
        self._fields: dict[str, object] = {}
        self._filter: dict[str, object] = {}
        self._executed: dict[str, dict[str, object]] = {}
        self._audio: dict[str, object] = {}
        self._audio_data: list[str] = []
        self._transcript: list[str] = []

    def add_string(self, field: str, delta: str) -> None:
        """Add to a text field other than the content."""
        self.strings.setdefault(field, []).append(delta)

    def add_block(self, block: JsonObject) -> None:
        """Add a piece of content that is a list."""
        self._flush_text()
        self._blocks.append(block)

    def add_fields(self, delta: Delta) -> None:
        """Take over the fields that only some servers send."""
        for field in ("reasoning_details", "annotations", "images", "thinking_blocks"):
            items = getattr(delta, field)
            if items:
                self._lists.setdefault(field, []).extend(items)
        for tool in as_objects(delta.executed_tools):  # sent once begun, and again with its result
            self._executed.setdefault(str(tool.get("index")), {}).update(tool)
        for key, value in (delta.audio or {}).items():
            if key == "data" and isinstance(value, str):
                self._audio_data.append(value)
            elif key == "transcript" and isinstance(value, str):
                self._transcript.append(value)
            else:
                self._audio[key] = value
        if delta.reasoning_opaque is not None:
            self._fields["reasoning_opaque"] = delta.reasoning_opaque

    def add_sources(self, field: str, sources: list[object]) -> None:
        """Keep a list that the server repeats in every chunk."""
        self._fields[field] = sources

    def add_filter(self, results: JsonObject) -> None:
        """Keep what Azure's filter found: of each category the worst, since pieces come one by one.

        https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-streaming (2026-01)
        """
        found = self._filter
        for category, result in results.items():
            if category not in found or _gravity(result) >= _gravity(found[category]):
                found[category] = result

    def executed_tools(self) -> dict[str, int]:
        """Return how often which tool was run by the server itself."""
        counts: dict[str, int] = {}
        for tool in self._executed.values():
            name = str(tool.get("type") or tool.get("name") or "tool")
            counts[name] = counts.get(name, 0) + 1
        return counts

    def message(self, tool_calls: list[JsonObject]) -> JsonObject:
        """Return the message."""
        message: dict[str, object] = {"role": "assistant"}
        if self._blocks:
            self._flush_text()
            message["content"] = joined(self._blocks)
        elif self.text:
            message["content"] = "".join(self.text)
        for field, deltas in self.strings.items():
            message[field] = "".join(deltas)
        for field, items in self._lists.items():
            message[field] = joined(items)
        message.update(self._fields)
        if self._filter:
            message["content_filter_results"] = self._filter
        if self._executed:
            message["executed_tools"] = list(self._executed.values())
        if self._audio_data:
            self._audio["data"] = _join_base64(self._audio_data)
        if self._transcript:
            self._audio["transcript"] = "".join(self._transcript)
        if self._audio:
            message["audio"] = self._audio
        if tool_calls:
            message["tool_calls"] = tool_calls
        return message

    def _flush_text(self) -> None:
        if self.text:
            self._blocks.append({"type": "text", "text": "".join(self.text)})
            self.text.clear()


def _gravity(result: object) -> tuple[bool, bool, int]:
    """Return how bad a category's result is: filtered, found, and how severe."""
    fields = as_object(result)
    severity = fields.get("severity")
    rank = _SEVERITIES.index(severity) if severity in _SEVERITIES else 0
    return fields.get("filtered") is True, fields.get("detected") is True, rank


def joined(pieces: Iterable[object]) -> list[object]:
    """Return list items with the pieces of each put together.

    A piece belongs to the item before it when type, index and id agree, as far as both have them.
    """
    items: list[object] = []
    last: dict[str, object] = {}
    growing: dict[str, list[object]] = {}
    for piece in pieces:
        if not is_object(piece):
            items.append(piece)
            continue
        if not growing or not _continues(last, piece):
            _settle(last, growing)
            last = {}
            items.append(last)
            growing = {}
        for key, value in piece.items():
            if key in _GROWING and piece.get("type") in _STREAMED:
                growing.setdefault(key, []).append(value)
            if value is not None or key not in last:
                last[key] = value
    _settle(last, growing)
    return items


def _continues(last: JsonObject, piece: JsonObject) -> bool:
    return all(
        last.get(key) is None or piece.get(key) is None or last[key] == piece[key]
        for key in ("type", "index", "id")
    )


def _settle(item: dict[str, object], growing: dict[str, list[object]]) -> None:
    """Write what the growing fields of `item` have become."""
    for key, values in growing.items():
        if any(is_list(value) for value in values):  # Mistral: a list of text chunks
            item[key] = joined(part for value in values for part in as_list(value))
        else:
            item[key] = "".join(value for value in values if isinstance(value, str))


def _join_base64(pieces: list[str]) -> str:
    """Return the base64 text of all pieces; each of them may end in padding."""
    try:
        return base64.b64encode(b"".join(map(base64.b64decode, pieces))).decode()
    except ValueError:
        return "".join(pieces)
