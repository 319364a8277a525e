"""Tools that Google runs: what they are asked for with, and what an answer says of them.

Source: https://ai.google.dev/gemini-api/docs/google-search, /code-execution, /url-context and
/file-search (2025-11), and recorded traffic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mirascope._wire.json_values import (
    JsonObject,
    as_list,
    as_number,
    as_object,
    as_objects,
    as_text,
)
from mirascope.llm.content import Citation, ProviderToolOutput
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.tools import server_tool, set_fields
from mirascope.llm.tools import FileSearchTool, ProviderTool, WebSearchTool

__all__ = ["citations_of", "code_output", "encode_server_tool", "found_by", "shown_name"]

_TOOLS = {
    "web_search": "googleSearch",
    "url_context": "urlContext",
    "code_execution": "codeExecution",
    "file_search": "fileSearch",
}


def encode_server_tool(tool: ProviderTool, request: Request) -> dict[str, object]:
    """Return a tool in the wire's form.

    Raises:
        FeatureNotSupportedError: The vendor has no such tool, or not with these settings.
    """
    name = server_tool(tool, request, _TOOLS)
    match tool:
        case WebSearchTool():
            made = set_fields(tool, request, ["blocked_domains"])
            return {name: {"excludeDomains": made["blocked_domains"]} if made else {}}
        case FileSearchTool():
            made = set_fields(tool, request, ["stores"])
            return {name: {"fileSearchStoreNames": made.get("stores", [])}}
        case _:
            return {name: set_fields(tool, request, [])}


def shown_name(kind: str) -> str:
    """Return the name that a tool has for users, by that of its calls."""
    name = kind.lower()
    return "web_search" if name.startswith("google_search") else name


def code_output(result: JsonObject, id: str) -> ProviderToolOutput:
    """Return what running code gave."""
    output = as_text(result.get("output"))
    outcome = as_text(result.get("outcome"))
    if outcome == "OUTCOME_DEADLINE_EXCEEDED":
        return ProviderToolOutput(
            id=id, name="code_execution", result=None, error="it ran too long, and was stopped"
        )
    failed = outcome == "OUTCOME_FAILED"  # then it is what was written to stderr
    said = {"stdout": "" if failed else output, "stderr": output if failed else ""}
    return ProviderToolOutput(
        id=id, name="code_execution", result={**said, "return_code": int(failed)}
    )


def found_by(grounding: JsonObject) -> list[dict[str, object]]:
    """Return the pages and documents that an answer is based on."""
    return [_page(chunk) for chunk in as_objects(grounding.get("groundingChunks"))]


def _page(chunk: JsonObject) -> dict[str, object]:
    web = as_object(chunk.get("web") or chunk.get("maps"))
    kept = as_object(chunk.get("retrievedContext"))
    page = {
        "url": web.get("uri") or kept.get("uri"),
        "file": kept.get("documentName") or kept.get("fileSearchStore"),
        "title": web.get("title") or kept.get("title"),
        "text": kept.get("text"),
    }
    return {key: value for key, value in page.items() if value is not None}


def citations_of(grounding: JsonObject, text: str) -> Iterator[Citation]:
    """Yield what the texts of an answer rest on, with places in characters of all of `text`.

    The vendor counts bytes of UTF-8.
    """
    pages = found_by(grounding)
    supports = as_objects(grounding.get("groundingSupports"))
    places = _characters(text, map(_segment, supports))
    for support in supports:
        start, end = _segment(support)
        for index in as_list(support.get("groundingChunkIndices")):
            if isinstance(index, int) and 0 <= index < len(pages):
                page = pages[index]
                yield Citation(
                    start=places[start],
                    end=places[end],
                    url=as_text(page.get("url")) or None,
                    title=as_text(page.get("title")) or None,
                    source=as_text(page.get("file")) or None,
                    cited_text=as_text(page.get("text")) or None,
                )


def _segment(support: JsonObject) -> tuple[int, int]:
    segment = as_object(support.get("segment"))
    start, end = (as_number(segment.get(key)) for key in ("startIndex", "endIndex"))
    return int(start or 0), int(end or 0)


def _characters(text: str, segments: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return the places in characters of places in bytes, in one walk over the text."""
    data = text.encode("utf-8", "surrogatepass")
    places: dict[int, int] = {}
    before = count = 0
    for place in sorted({place for segment in segments for place in segment}):
        count += len(data[before : max(place, 0)].decode("utf-8", "ignore"))
        before = max(place, before)
        places[place] = count
    return places
