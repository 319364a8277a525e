"""Tools that Anthropic runs: what they are asked for with, and what their blocks say.

Source: https://docs.claude.com/en/docs/agents-and-tools/tool-use, citations under
https://docs.claude.com/en/docs/build-with-claude/citations (2025-11), and recorded traffic.
"""

from __future__ import annotations

from mirascope._wire.json_values import JsonObject, as_object, as_objects, as_text
from mirascope.llm.content import Citation, ProviderToolOutput
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.tools import server_tool, set_fields
from mirascope.llm.tools import ProviderTool, URLContextTool, WebSearchTool

__all__ = [
    "citation_of",
    "encode_server_tool",
    "is_output",
    "output_of",
    "server_tool_betas",
    "shown_name",
]

# The type of the tool, its name, and the beta that has to be asked for.
_TOOLS: dict[str, tuple[str, str, str | None]] = {
    "web_search": ("web_search_20250305", "web_search", None),
    "url_context": ("web_fetch_20250910", "web_fetch", "web-fetch-2025-09-10"),
    "web_fetch": ("web_fetch_20250910", "web_fetch", "web-fetch-2025-09-10"),
    "code_execution": ("code_execution_20250825", "code_execution", "code-execution-2025-08-25"),
}
_SHOWN = {
    "web_fetch": "url_context",
    "bash_code_execution": "code_execution",
    "text_editor_code_execution": "code_execution",
}


def shown_name(name: str) -> str:
    """Return the name that a tool has for users, by that of its calls or the kind of its output."""
    return _SHOWN.get(name, name)


def encode_server_tool(tool: ProviderTool, request: Request) -> dict[str, object]:
    """Return a tool in the wire's form.

    Raises:
        FeatureNotSupportedError: The vendor has no such tool, or not with these settings.
    """
    kind, name, _ = server_tool(tool, request, _TOOLS)
    knows = ("allowed_domains", "blocked_domains", "max_uses")
    known = knows if isinstance(tool, WebSearchTool | URLContextTool) else ()
    return {"type": kind, "name": name, **set_fields(tool, request, known)}


def server_tool_betas(request: Request) -> list[str]:
    """Return the betas that the tools need."""
    return [beta for name in request.toolkit.provider_tools_dict if (beta := _TOOLS[name][2])]


def is_output(kind: str) -> bool:
    """Tell whether a block of this type holds what a tool of the vendor's gave."""
    return kind.endswith("_tool_result")


def output_of(block: JsonObject, names: dict[str, str]) -> ProviderToolOutput:
    """Return what a tool gave.

    Args:
        block: The block, whole.
        names: The names of the calls so far, as users see them, by id.
    """
    id = as_text(block.get("tool_use_id"))
    kind = as_text(block.get("type")).removesuffix("_tool_result")
    content = block.get("content")
    whole = as_object(content)
    error = whole.get("error_code")
    if block.get("is_error"):
        error = "".join(as_text(part.get("text")) for part in as_objects(content))
    return ProviderToolOutput(
        id=id,
        name=names.get(id) or shown_name(kind),
        result=None if error else _result(kind, content, whole),
        error=as_text(error) or None,
    )


def _result(kind: str, content: object, whole: JsonObject) -> object:
    match kind:
        case "web_search":
            return [
                {key: page[key] for key in ("url", "title", "page_age") if page.get(key)}
                for page in as_objects(content)
            ]
        case "web_fetch":
            document = as_object(whole.get("content"))
            source = as_object(document.get("source"))
            page = {"url": whole.get("url"), "title": document.get("title")}
            text = source.get("data") if source.get("type") == "text" else None
            found = {**page, "text": text}
            return [{key: value for key, value in found.items() if value is not None}]
        case "bash_code_execution" | "code_execution":
            made = as_objects(whole.get("content"))
            files = [file["file_id"] for file in made if "file_id" in file]
            ran = {key: whole.get(key) for key in ("stdout", "stderr", "return_code")}
            return {**ran, "files": files} if files else ran
        case _:
            return content


def citation_of(raw: JsonObject) -> Citation:
    """Return what a text block rests on, all of it."""
    document = raw.get("document_index")
    source = raw.get("source", None if document is None else str(document))
    return Citation(
        url=as_text(raw.get("url")) or None,
        title=as_text(raw.get("title") or raw.get("document_title")) or None,
        source=as_text(source) or None,
        cited_text=as_text(raw.get("cited_text")) or None,
    )
