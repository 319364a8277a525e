"""Tools that OpenAI runs: what they are asked for with, and what their items say.

Source: https://platform.openai.com/docs/guides/tools and the reference of the Responses API
(2025-12), and recorded traffic.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

import msgspec

from mirascope._wire.json_values import JsonObject, as_list, as_object, as_objects, as_text
from mirascope.llm.content import (
    Base64ImageSource,
    Citation,
    Image,
    ImageMimeType,
    ProviderToolOutput,
)
from mirascope.llm.content.image import infer_image_type
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import unsupported
from mirascope.llm.providers.tools import set_fields
from mirascope.llm.tools import (
    CodeExecutionTool,
    FileSearchTool,
    ImageGenerationTool,
    ProviderTool,
    WebSearchTool,
)

__all__ = [
    "SERVER_TOOLS",
    "args_of",
    "chat_citation",
    "citation_of",
    "encode_server_tool",
    "name_of",
    "output_of",
    "picture",
    "picture_at",
    "wire_type",
]

SERVER_TOOLS = {
    "web_search_call": "web_search",
    "file_search_call": "file_search",
    "code_interpreter_call": "code_execution",
    "image_generation_call": "image_generation",
    "mcp_call": "mcp",
}
"""Items of tools that the server runs, and what the tools are called here."""
_WIRE_TYPES = {"code_execution": "code_interpreter"}


def wire_type(name: str) -> str:
    """Return the wire's type of the tool with this name."""
    return _WIRE_TYPES.get(name, name)


def encode_server_tool(tool: ProviderTool, request: Request) -> dict[str, object]:
    """Return a tool in the wire's form.

    Raises:
        FeatureNotSupportedError: The vendor has no such tool, or not with these settings.
    """
    match tool:
        case WebSearchTool():
            made = set_fields(tool, request, ["allowed_domains"])
            return {"type": "web_search", **({"filters": made} if made else {})}
        case FileSearchTool():
            made = set_fields(tool, request, ["stores", "max_results"])
            limit = {"max_num_results": tool.max_results} if "max_results" in made else {}
            return {"type": "file_search", "vector_store_ids": list(tool.stores), **limit}
        case CodeExecutionTool():
            files = {"file_ids": list(tool.file_ids)} if tool.file_ids else {}
            return {"type": "code_interpreter", "container": {"type": "auto", **files}}
        case ImageGenerationTool():
            made = set_fields(tool, request, ["size", "quality", "previews"])
            if "previews" in made:
                made["partial_images"] = made.pop("previews")
            return {"type": "image_generation", **made}
        case _:
            raise unsupported(request, f"Provider tool {tool.name}")


def name_of(item: JsonObject) -> str | None:
    """Return the name of the tool that an item is a call of; None when it is none, or unknown.

    Images have no call: they are parts of the answer themselves.
    """
    kind = as_text(item.get("type"))
    if kind == "mcp_call":
        return as_text(item.get("name")) or "mcp"
    return None if kind == "image_generation_call" else SERVER_TOOLS.get(kind)


def args_of(item: JsonObject) -> str:
    """Return what a tool was asked, as JSON text."""
    match item.get("type"):
        case "mcp_call":
            return as_text(item.get("arguments"))
        case "web_search_call":
            action = as_object(item.get("action"))
            asked: object = {k: v for k, v in action.items() if k != "sources" and v is not None}
        case "file_search_call":
            asked = {"queries": as_list(item.get("queries"))}
        case _:
            asked = {"code": as_text(item.get("code"))}
    return msgspec.json.encode(asked).decode()


def output_of(item: JsonObject, id: str, name: str) -> ProviderToolOutput | None:
    """Return what a tool gave; None when the vendor keeps it to itself, as it does by default."""
    result: object = None
    error = as_text(as_object(item.get("error")).get("message")) or as_text(item.get("error"))
    match item.get("type"):
        case "mcp_call":
            result = item.get("output")
        case "web_search_call":
            pages = as_objects(as_object(item.get("action")).get("sources"))
            result = [_without_nulls(page, "url", "title") for page in pages] or None
        case "file_search_call" if (found := item.get("results")) is not None:
            result = [
                {
                    "file": as_text(one.get("file_id")),
                    "title": as_text(one.get("filename")),
                    "text": as_text(one.get("text")),
                }
                for one in as_objects(found)
            ]
        case "code_interpreter_call" if (outputs := item.get("outputs")) is not None:
            logs = [as_text(one.get("logs")) for one in as_objects(outputs)]
            images = [one["url"] for one in as_objects(outputs) if one.get("type") == "image"]
            ran: dict[str, object] = {"stdout": "".join(logs), "stderr": "", "return_code": None}
            result = {**ran, "images": images} if images else ran
        case _:
            pass
    if item.get("status") == "failed" and not error:
        error = "failed"
    if result is None and not error:
        return None
    return ProviderToolOutput(
        id=id, name=name, result=None if error else result, error=error or None
    )


def _without_nulls(value: JsonObject, *keys: str) -> dict[str, object]:
    return {key: value[key] for key in keys if value.get(key) is not None}


def picture(data: object) -> Image | None:
    """Return the image that base64 text is; None when it is none of a known type."""
    if not isinstance(data, str):
        return None
    try:
        kind = infer_image_type(base64.b64decode(data[:64]))
    except ValueError:
        return None
    if kind is None:
        return None
    mime_type: ImageMimeType = kind
    return Image(
        source=Base64ImageSource(type="base64_image_source", data=data, mime_type=mime_type)
    )


def citation_of(raw: Mapping[str, object]) -> Citation:
    """Return what a text rests on; places are of characters within its part."""
    start, end = raw.get("start_index"), raw.get("end_index")
    if raw.get("type") == "file_citation":  # one place, behind what it supports
        start = end = raw.get("index")
    return Citation(
        start=_place(start),
        end=_place(end),
        url=as_text(raw.get("url")) or None,
        title=as_text(raw.get("title") or raw.get("filename")) or None,
        source=as_text(raw.get("file_id")) or None,
        cited_text=as_text(raw.get("content")) or None,
    )


def _place(value: object) -> int | None:
    """Return a place; one before the text would be taken for one counted from its end."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if value >= 0 else None


def picture_at(url: object) -> Image | None:
    """Return the image at an address, which may hold it; None when it holds something else."""
    address = as_text(url)
    if not address.startswith("data:"):
        return Image.from_url(address) if address else None
    head, _, data = address.partition(",")
    return picture(data) if head.endswith(";base64") else None


def chat_citation(raw: JsonObject) -> Citation:
    """Return the same of Chat Completions, where what is said of a page is an object of its own."""
    return citation_of(as_object(raw.get("url_citation")) or raw)
