"""The protocol's tools, messages and contents, as v1's."""

from __future__ import annotations

import base64
import keyword
from collections.abc import Awaitable, Callable, Container, Sequence
from typing import Any

from mcp import types
from pydantic import Field, create_model

from mirascope.core.base import (
    AudioPart,
    BaseMessageParam,
    BaseTool,
    DocumentPart,
    ImagePart,
    TextPart,
)

__all__ = ["message_of", "parts_of", "tool_of"]

_TYPES: dict[Any, Any] = {
    "array": list[Any],
    "boolean": bool,
    "integer": int,
    "number": float,
    "object": dict[str, Any],
    "string": str,
}


def tool_of(tool: types.Tool, call: Callable[[str, dict[str, Any]], Awaitable[Any]]) -> Any:
    """Make a tool type of a server's tool.

    The server's own schema is what the model sees; the fields only say the types it is made of.

    Args:
        tool: The tool.
        call: Calls a tool of the server by its name.
    """
    schema: dict[str, Any] = tool.input_schema
    properties: dict[str, Any] = schema.get("properties", {})
    required = set(schema.get("required", ()))
    fields: dict[str, Any] = {}
    for name, described in properties.items():
        # A schema may be a mere `true`, and a type a list of types.
        kind = str(described["type"]) if described is not True and "type" in described else ""
        annotation = _TYPES.get(kind, Any)
        field = _field_name(name, fields)
        if name in required:
            fields[field] = (annotation, Field(alias=name))
        else:
            fields[field] = (annotation | None, Field(None, alias=name))

    def model_json_schema(cls: type, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {key: value for key, value in schema.items() if key != "title"}

    def arguments(self: BaseTool) -> dict[str, Any]:
        # What the model left out is left out, and gets the server's default.
        given = self.model_dump(by_alias=True, exclude_unset=True)
        return {name: value for name, value in given.items() if name in properties}

    async def call_tool(self: BaseTool) -> Any:
        return await call(tool.name, arguments(self))

    made: Any = create_model(
        tool.name, __base__=BaseTool, __doc__=tool.description or tool.title, **fields
    )
    made.__custom_name__ = tool.name
    made.model_json_schema = classmethod(model_json_schema)
    made.call = call_tool
    made.args = property(arguments)
    return made


def _field_name(name: str, taken: Container[str]) -> str:
    """Make a field's name of a property's, which may be any text."""
    kept = "".join(ch if ch.isalnum() else "_" for ch in name).lstrip("_")
    if not kept.isidentifier() or kept.startswith("model_"):
        kept = f"field_{kept}"
    while (
        kept in taken
        or keyword.iskeyword(kept)
        or kept in BaseTool.model_fields
        or hasattr(BaseTool, kept)
    ):
        kept += "_"
    return kept


def message_of(message: types.PromptMessage) -> BaseMessageParam:
    """Make a message of a prompt's."""
    content = message.content
    if isinstance(content, types.TextContent):
        return BaseMessageParam(role=message.role, content=content.text)
    return BaseMessageParam(role=message.role, content=parts_of([content]))


def parts_of(
    contents: Sequence[types.ContentBlock],
) -> list[TextPart | ImagePart | AudioPart | DocumentPart]:
    """Make parts of contents. Of a resource that is only linked, the part has the link."""
    parts: list[TextPart | ImagePart | AudioPart | DocumentPart] = []
    for content in contents:
        if isinstance(content, types.TextContent):
            parts.append(TextPart(type="text", text=content.text))
        elif isinstance(content, types.ImageContent):
            image = base64.b64decode(content.data)
            parts.append(
                ImagePart(type="image", media_type=content.mime_type, image=image, detail=None)
            )
        elif isinstance(content, types.AudioContent):
            audio = base64.b64decode(content.data)
            parts.append(AudioPart(type="audio", media_type=content.mime_type, audio=audio))
        elif isinstance(content, types.EmbeddedResource):
            parts.append(_embedded(content.resource))
        else:
            parts.append(TextPart(type="text", text=str(content.uri)))
    return parts


def _embedded(
    resource: types.TextResourceContents | types.BlobResourceContents,
) -> TextPart | DocumentPart:
    if isinstance(resource, types.TextResourceContents):
        return TextPart(type="text", text=resource.text)
    kind = resource.mime_type or "application/octet-stream"
    return DocumentPart(type="document", media_type=kind, document=base64.b64decode(resource.blob))
