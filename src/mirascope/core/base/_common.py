# Values here are users' and SDKs' own, of any type.
# pyright: reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
"""Vendors' own messages, read back into common ones."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .message_param import BaseMessageParam, ContentPart, TextPart, ToolCallPart, ToolResultPart

__all__ = ["assistant_message", "common_message", "last_user_message"]


def assistant_message(text: str, tool_calls: Sequence[Any], response: Any) -> BaseMessageParam:
    """Make the common assistant message of an answer."""
    if not tool_calls:
        return BaseMessageParam(role="assistant", content=text)
    parts: list[ContentPart] = [TextPart(type="text", text=text)] if text else []
    for call in tool_calls:
        arguments = response._tool_type._call_arguments(call)
        if isinstance(arguments, str):
            arguments = json.loads(arguments) if arguments.strip() else {}
        parts.append(
            ToolCallPart(
                type="tool_call",
                name=response._call_name(call),
                args=dict(arguments),
                id=response._tool_type._call_id(call),
            )
        )
    return BaseMessageParam(role="assistant", content=parts)


def _get(node: Any, *names: str) -> Any:
    for name in names:
        value = node.get(name) if isinstance(node, Mapping) else getattr(node, name, None)
        if value is not None:
            return value
    return None


def common_message(message: Any) -> BaseMessageParam:
    """Read a vendor's message; what has no common form is left out."""
    if isinstance(message, BaseMessageParam):
        return message
    role = str(getattr(_get(message, "role"), "value", _get(message, "role")) or "user").lower()
    role = {"model": "assistant", "chatbot": "assistant"}.get(role, role)
    if role == "tool":
        content = _get(message, "content")
        return BaseMessageParam(
            role="tool",
            content=[
                ToolResultPart(
                    type="tool_result",
                    name=_get(message, "name") or "",
                    content=content if isinstance(content, str) else _text(content),
                    id=_get(message, "tool_call_id"),
                )
            ],
        )
    content = _get(message, "content", "parts", "message")
    calls = [_tool_call(call) for call in _get(message, "tool_calls") or []]
    parts = _parts(content)
    if not calls and all(isinstance(part, TextPart) for part in parts):
        return BaseMessageParam(
            role=role, content="".join(p.text for p in parts if isinstance(p, TextPart))
        )
    return BaseMessageParam(role=role, content=[*parts, *calls])


def _parts(content: Any) -> list[ContentPart]:
    if content is None:
        return []
    if isinstance(content, str):
        return [TextPart(type="text", text=content)] if content else []
    parts: list[ContentPart] = []
    for item in content:
        part = _part(item)
        if part is not None:
            parts.append(part)
    return parts


def _part(item: Any) -> ContentPart | None:
    use = _get(item, "toolUse", "function_call") or (
        item if _get(item, "type") == "tool_use" else None
    )
    if use:
        arguments = _get(use, "input", "args") or {}
        identity = _get(use, "toolUseId", "id")
        return ToolCallPart(
            type="tool_call", name=str(_get(use, "name")), args=dict(arguments), id=identity
        )
    result = _get(item, "toolResult") or (item if _get(item, "type") == "tool_result" else None)
    if result:
        return ToolResultPart(
            type="tool_result",
            content=_text(_get(result, "content")),
            id=_get(result, "toolUseId", "tool_use_id"),
        )
    text = item if isinstance(item, str) else _get(item, "text")
    return TextPart(type="text", text=text) if isinstance(text, str) and text else None


def _text(content: Any) -> str:
    return "".join(part.text for part in _parts(content) if isinstance(part, TextPart))


def _tool_call(call: Any) -> ToolCallPart:
    function = _get(call, "function")
    arguments = _get(function, "arguments") or "{}"
    return ToolCallPart(
        type="tool_call",
        name=str(_get(function, "name")),
        args=json.loads(arguments) if isinstance(arguments, str) else dict(arguments),
        id=_get(call, "id"),
    )


def last_user_message(messages: Sequence[Any]) -> Any:
    """Take the last message if it is a user's, in whatever form the vendor has it."""
    if not messages:
        return None
    last = messages[-1]
    role = last.get("role") if isinstance(last, Mapping) else getattr(last, "role", None)
    role = getattr(role, "value", role)
    return last if isinstance(role, str) and role.lower() == "user" else None
