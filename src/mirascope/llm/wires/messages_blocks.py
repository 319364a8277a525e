"""Blocks of Anthropic Messages that tools of the vendor's make, and citations of text blocks.

Source: https://docs.claude.com/en/docs/agents-and-tools/tool-use and /build-with-claude/citations
(2025-11), and recorded traffic.
"""

from __future__ import annotations

from mirascope._wire.json_values import JsonObject, as_object, as_objects, as_text, is_list
from mirascope.llm.content import Citation, ProviderToolOutput

__all__ = [
    "cited",
    "output_block",
    "read_citations",
    "read_output",
    "shown_name",
    "wire_name",
]

_NAMES = {"url_context": "web_fetch"}
_RUNS = ("code_execution", "bash_code_execution", "text_editor_code_execution")


def wire_name(name: str) -> str:
    """Return the vendor's name of a tool."""
    return _NAMES.get(name, name)


def shown_name(name: str) -> str:
    """Return the name that users know a tool by."""
    if name in _RUNS:
        return "code_execution"
    return next((ours for ours, theirs in _NAMES.items() if theirs == name), name)


def output_block(output: ProviderToolOutput) -> JsonObject:
    """Return the block that holds what a tool gave."""
    kind = wire_name(output.name)
    content: object = output.result
    if output.error is not None:
        content = {"type": f"{kind}_tool_result_error", "error_code": output.error}
    elif kind == "web_search":
        content = [_page(page) for page in as_objects(output.result)]
    elif kind == "web_fetch":  # a call of this tool reads one page
        pages = as_objects(output.result)
        content = _read_page(pages[0] if pages else {})
    elif kind == "code_execution":
        ran = as_object(output.result)
        files = ran.get("files")
        content = {
            "type": "code_execution_result",
            **{key: ran.get(key) for key in ("stdout", "stderr", "return_code")},
            "content": [
                {"type": "code_execution_output", "file_id": file}
                for file in (files if is_list(files) else [])
            ],
        }
    return {"type": f"{kind}_tool_result", "tool_use_id": output.id, "content": content}


def _page(page: JsonObject) -> JsonObject:
    return {
        "type": "web_search_result",
        "url": page.get("url"),
        "title": page.get("title"),
        "encrypted_content": "c2ltdWxhdGVk",
        "page_age": page.get("page_age"),
    }


def _read_page(page: JsonObject) -> JsonObject:
    text = {"type": "text", "media_type": "text/plain", "data": as_text(page.get("text"))}
    document = {"type": "document", "source": text, "title": page.get("title")}
    return {"type": "web_fetch_result", "url": page.get("url"), "content": document}


def read_output(block: JsonObject, names: dict[str, str]) -> ProviderToolOutput:
    """Return what a tool gave; `names` are those of the calls so far, by id."""
    id = as_text(block.get("tool_use_id"))
    kind = as_text(block.get("type")).removesuffix("_tool_result")
    content = block.get("content")
    fields = as_object(content)
    result: object = content
    if kind == "web_search":
        result = [_without_nulls(page, "url", "title", "page_age") for page in as_objects(content)]
    elif kind == "web_fetch":
        document = as_object(fields.get("content"))
        text = as_object(document.get("source")).get("data")
        page = {"url": fields.get("url"), "title": document.get("title"), "text": text}
        result = [_without_nulls(page, *page)]
    elif kind in _RUNS:
        result = {key: fields.get(key) for key in ("stdout", "stderr", "return_code")}
        files = [file["file_id"] for file in as_objects(fields.get("content")) if "file_id" in file]
        result = {**result, "files": files} if files else result
    error = as_text(fields.get("error_code"))
    if block.get("is_error") is True:
        error = "".join(as_text(part.get("text")) for part in as_objects(content))
    return ProviderToolOutput(
        id=id,
        name=names.get(id) or shown_name(kind),
        result=None if error else result,
        error=error or None,
    )


def cited(citation: Citation) -> JsonObject:
    """Return what a text block rests on; the vendor cites for all of a block."""
    said: JsonObject = {"cited_text": citation.cited_text or ""}
    source = citation.source or ""
    if citation.url is not None or citation.source is None:
        page = {"url": citation.url, "title": citation.title, "encrypted_index": "c2ltdWxhdGVk"}
        return {"type": "web_search_result_location", **said, **page}
    if source.isdecimal() and str(int(source)) == source:
        document = {"document_index": int(source), "document_title": citation.title}
        place = {"start_char_index": 0, "end_char_index": len(citation.cited_text or "")}
        return {"type": "char_location", **said, **document, **place}
    found = {"source": source, "title": citation.title, "search_result_index": 0}
    place = {"start_block_index": 0, "end_block_index": 1}
    return {"type": "search_result_location", **said, **found, **place}


def read_citations(value: object) -> list[Citation]:
    """Return what a text block rests on."""
    return [
        Citation(
            url=as_text(raw.get("url")) or None,
            title=as_text(raw.get("title") or raw.get("document_title")) or None,
            source=as_text(raw.get("source", _number(raw.get("document_index")))) or None,
            cited_text=as_text(raw.get("cited_text")) or None,
        )
        for raw in as_objects(value)
    ]


def _number(index: object) -> str:
    return str(index) if isinstance(index, int) else ""


def _without_nulls(value: JsonObject, *keys: str) -> dict[str, object]:
    return {key: value[key] for key in keys if value.get(key)}
