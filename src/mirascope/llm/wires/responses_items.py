"""Items of OpenAI Responses that tools of the vendor's make, images, and citations of texts.

Source: https://platform.openai.com/docs/api-reference/responses/object (2026-01), and recorded
traffic.
"""

from __future__ import annotations

from mirascope._wire.json_values import JsonObject, as_object, as_objects, as_text
from mirascope.llm.content import (
    AssistantContentPart,
    Citation,
    Image,
    ProviderToolCall,
    ProviderToolOutput,
)
from mirascope.llm.wires.parts import arguments, media
from mirascope.llm.wires.wire import compact

__all__ = [
    "annotation",
    "image_item",
    "inline_data",
    "read_citations",
    "read_item",
    "tool_item",
]

_KINDS = {
    "web_search": "web_search_call",
    "file_search": "file_search_call",
    "code_execution": "code_interpreter_call",
}
"""The items of the tools that have one of their own; all others are of some MCP server."""


def tool_item(call: ProviderToolCall, output: ProviderToolOutput | None) -> dict[str, object]:
    """Return the item that a call and its output are; without an output the vendor keeps that."""
    kind = _KINDS.get(call.name, "mcp_call")
    args = arguments(call.args)
    result = None if output is None else output.result
    failed = output is not None and output.error is not None
    item: dict[str, object] = {
        "id": call.id,
        "type": kind,
        "status": "failed" if failed else "completed",
    }
    match kind:
        case "web_search_call":
            pages = [
                {"type": "url", "url": page.get("url"), "title": page.get("title")}
                for page in as_objects(result)
            ]
            item["action"] = {"type": "search", **args, **({"sources": pages} if pages else {})}
        case "file_search_call":
            found = None if result is None else [_found(one) for one in as_objects(result)]
            item.update(queries=args.get("queries") or [], results=found)
        case "code_interpreter_call":
            ran = as_object(result)
            logs = as_text(ran.get("stdout")) + as_text(ran.get("stderr"))
            outputs = None if result is None else [{"type": "logs", "logs": logs}]
            item.update(code=as_text(args.get("code")), container_id="cntr_sim", outputs=outputs)
        case _:
            told = result if result is None or isinstance(result, str) else compact(result)
            error = output.error if output is not None else None
            item.update(
                name=call.name,
                server_label="simulated",
                arguments=call.args,
                output=told,
                error=error,
            )
    return item


def _found(one: JsonObject) -> JsonObject:
    file, title, text = (as_text(one.get(key)) for key in ("file", "title", "text"))
    return {"file_id": file, "filename": title, "text": text, "score": 1.0, "attributes": {}}


def inline_data(image: Image) -> str | None:
    """Return an image as base64 text; None where it is somewhere else, as the wire has none so."""
    source = image.source
    return source.data if source.type == "base64_image_source" else None


def image_item(id: str, data: str | None) -> dict[str, object]:
    """Return the item of an image; one that is not finished has no data."""
    status = "in_progress" if data is None else "completed"
    return {"id": id, "type": "image_generation_call", "status": status, "result": data}


def annotation(citation: Citation) -> JsonObject:
    """Return what an item says of a citation."""
    if citation.url is None and citation.source is not None:
        file = {"file_id": citation.source, "filename": citation.title or ""}
        return {"type": "file_citation", **file, "index": citation.end}
    return {
        "type": "url_citation",
        "start_index": citation.start,
        "end_index": citation.end,
        "url": citation.url or "",
        "title": citation.title or "",
    }


def read_citations(value: object) -> list[Citation]:
    """Return what a text rests on."""
    return [_read_citation(raw) for raw in as_objects(value)]


def _read_citation(raw: JsonObject) -> Citation:
    start, end = raw.get("start_index"), raw.get("end_index")
    if raw.get("type") == "file_citation":
        start = end = raw.get("index")
    return Citation(
        start=start if isinstance(start, int) else None,
        end=end if isinstance(end, int) else None,
        url=as_text(raw.get("url")) or None,
        title=as_text(raw.get("title") or raw.get("filename")) or None,
        source=as_text(raw.get("file_id")) or None,
        cited_text=as_text(raw.get("content")) or None,
    )


def read_item(item: JsonObject) -> list[AssistantContentPart]:
    """Return the parts that an item of a tool of the vendor's is; none for other items."""
    kind, id = as_text(item.get("type")), as_text(item.get("id"))
    if kind == "image_generation_call":
        image = media("image/png", as_text(item.get("result")))
        return [image] if isinstance(image, Image) else []
    result: object = None
    error = as_text(item.get("error")) or ("failed" if item.get("status") == "failed" else "")
    match kind:
        case "web_search_call":
            name, action = "web_search", as_object(item.get("action"))
            args = compact({key: action[key] for key in action if key != "sources"})
            pages = as_objects(action.get("sources"))
            result = [{k: page[k] for k in ("url", "title") if page.get(k)} for page in pages]
            result = result or None
        case "file_search_call":
            name, args = "file_search", compact({"queries": item.get("queries") or []})
            if item.get("results") is not None:
                names = {"file": "file_id", "title": "filename", "text": "text"}
                result = [
                    {ours: as_text(one.get(theirs)) for ours, theirs in names.items()}
                    for one in as_objects(item.get("results"))
                ]
        case "code_interpreter_call":
            name, args = "code_execution", compact({"code": as_text(item.get("code"))})
            if item.get("outputs") is not None:
                logs = [as_text(one.get("logs")) for one in as_objects(item.get("outputs"))]
                result = {"stdout": "".join(logs), "stderr": "", "return_code": None}
        case "mcp_call":
            name, args = as_text(item.get("name")) or "mcp", as_text(item.get("arguments"))
            result = item.get("output")
        case _:
            return []
    call = ProviderToolCall(id=id, name=name, args=args or "{}")
    if result is None and not error:
        return [call]
    output = ProviderToolOutput(
        id=id, name=name, result=None if error else result, error=error or None
    )
    return [call, output]
