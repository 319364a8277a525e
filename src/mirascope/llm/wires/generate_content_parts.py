"""Parts of generateContent that tools of the vendor's and media are, and what an answer rests on.

Source: https://ai.google.dev/api/generate-content, /gemini-api/docs/code-execution and
/google-search (2026-01), and recorded traffic.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

from mirascope._wire.json_values import JsonObject, as_object, as_text
from mirascope.llm.content import (
    AssistantContentPart,
    Audio,
    Citation,
    Image,
    ProviderToolCall,
    ProviderToolOutput,
    Text,
)
from mirascope.llm.wires.parts import arguments, media
from mirascope.llm.wires.wire import compact

__all__ = ["blob", "grounding", "image_parts", "read_server_part", "tool_parts"]

_KINDS = {"web_search": "GOOGLE_SEARCH_WEB"}


def tool_parts(
    call: ProviderToolCall | None, output: ProviderToolOutput | None
) -> list[JsonObject]:
    """Return the parts that a call and its output are, each if there is one.

    Code has parts of its own, but they only come together: without its output the answer would
    count as unfinished.
    """
    if call is not None and output is not None and call.name == "code_execution":
        code = {"language": "PYTHON", **arguments(call.args)}
        return [{"executableCode": code}, {"codeExecutionResult": _code_result(output)}]
    parts: list[JsonObject] = []
    if call is not None:
        kind = _KINDS.get(call.name, call.name.upper())
        parts.append({"toolCall": {"toolType": kind, "id": call.id, "args": arguments(call.args)}})
    if output is not None:
        kind = _KINDS.get(output.name, output.name.upper())
        result = output.result if output.error is None else {"error": output.error}
        response = {"toolType": kind, "id": output.id, "response": result}
        parts.append({"toolResponse": response})
    return parts


def _code_result(output: ProviderToolOutput) -> JsonObject:
    ran = as_object(output.result)
    said = as_text(ran.get("stdout")) + as_text(ran.get("stderr"))
    if output.error is not None or ran.get("return_code"):
        return {"outcome": "OUTCOME_FAILED", "output": output.error or said}
    return {"outcome": "OUTCOME_OK", "output": said}


def blob(mime_type: str, data: str) -> JsonObject:
    """Return an image or sound; bare samples have a name of the vendor's."""
    kind, _, rate = mime_type.partition(";rate=")
    if kind == "audio/pcm":
        mime_type = f"audio/L16;codec=pcm;rate={rate or 24_000}"
    return {"inlineData": {"mimeType": mime_type, "data": data}}


def image_parts(image: Image) -> list[JsonObject]:
    """Return the part of an image; none for one that is somewhere else."""
    source = image.source
    return [blob(source.mime_type, source.data)] if source.type == "base64_image_source" else []


def grounding(texts: Iterable[Text]) -> JsonObject:
    """Return what all texts rest on; places are bytes of UTF-8 in all of them, joined."""
    chunks: list[JsonObject] = []
    supports: list[JsonObject] = []
    before = 0
    for part in texts:
        places = list(accumulate(map(_size, part.text), initial=before))
        before = places[-1]
        last = len(places) - 1
        for citation in part.citations:
            start = places[min(citation.start or 0, last)]
            end = places[last if citation.end is None else min(citation.end, last)]
            segment = {"startIndex": start, "endIndex": end} if start else {"endIndex": end}
            supports.append({"segment": segment, "groundingChunkIndices": [len(chunks)]})
            chunks.append(_chunk(citation))
    return {"groundingChunks": chunks, "groundingSupports": supports} if chunks else {}


def _size(letter: str) -> int:
    """Return how many bytes of UTF-8 a letter is."""
    code = ord(letter)
    return 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4


def _chunk(citation: Citation) -> JsonObject:
    named = {"uri": citation.url, "title": citation.title}
    if citation.source is None:
        return {"web": {key: value for key, value in named.items() if value is not None}}
    kept = {**named, "documentName": citation.source, "text": citation.cited_text}
    return {"retrievedContext": {key: value for key, value in kept.items() if value is not None}}


def read_server_part(part: JsonObject, number: int) -> AssistantContentPart | None:
    """Return the part that media, or a tool of the server's, is.

    Args:
        part: The part, its names in camel case.
        number: How many calls came before it: the vendor's code has no ids.
    """
    if inline := as_object(part.get("inlineData")):
        found = media(as_text(inline.get("mimeType")), as_text(inline.get("data")))
        return found if isinstance(found, (Image, Audio)) else None
    if code := as_object(part.get("executableCode")):
        return ProviderToolCall(
            id=f"code_{number + 1}", name="code_execution", args=compact(dict(code))
        )
    if ran := as_object(part.get("codeExecutionResult")):
        said, failed = as_text(ran.get("output")), ran.get("outcome") != "OUTCOME_OK"
        streams = {"stdout": "" if failed else said, "stderr": said if failed else ""}
        result = {**streams, "return_code": int(failed)}
        return ProviderToolOutput(id=f"code_{number}", name="code_execution", result=result)
    if call := as_object(part.get("toolCall")):
        args = compact(as_object(call.get("args")))
        return ProviderToolCall(id=as_text(call.get("id")), name=_shown(call), args=args)
    if response := as_object(part.get("toolResponse")):
        return ProviderToolOutput(
            id=as_text(response.get("id")), name=_shown(response), result=response.get("response")
        )
    return None


def _shown(said: JsonObject) -> str:
    kind = as_text(said.get("toolType"))
    return next((ours for ours, theirs in _KINDS.items() if theirs == kind), kind.lower())
