"""Blocks of Bedrock Converse that tools of the vendor's make, and citations of texts.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CitationsContentBlock.html
and /API_runtime_ToolResultBlock.html, https://docs.aws.amazon.com/nova/latest/nova2-userguide/
built-in-tools.html (2026-01), and recorded traffic.
"""

from __future__ import annotations

import re

from mirascope._wire.json_values import JsonObject, as_object, as_objects, as_text
from mirascope.llm.content import Citation, ProviderToolOutput, Text
from mirascope.llm.wires.parts import texts_of, whole_number

__all__ = [
    "cited",
    "output_content",
    "output_head",
    "read_cited",
    "read_output",
    "server_use",
    "shown_name",
    "text_block",
]

_COUNTED = re.compile(r"0|[1-9][0-9]{0,8}")
"""What stands for a document that has no id of its own."""
_NAMES = {"web_search": "nova_grounding", "code_execution": "nova_code_interpreter"}


def _wire_name(name: str) -> str:
    return _NAMES.get(name, name)


def shown_name(name: str) -> str:
    """Return the name that users know a tool of the vendor's by."""
    return next((ours for ours, theirs in _NAMES.items() if theirs == name), name)


# --- tools of the vendor's


def server_use(id: str, name: str) -> JsonObject:
    """Return the call of a tool that the vendor runs itself, without what it is called with."""
    return {"toolUseId": id, "name": _wire_name(name), "type": "server_tool_use"}


def output_head(output: ProviderToolOutput) -> JsonObject:
    """Return what is said first of what a tool gave."""
    return {
        "toolUseId": output.id,
        "type": f"{_wire_name(output.name)}_result",
        "status": "success" if output.error is None else "error",
    }


def output_content(output: ProviderToolOutput) -> list[JsonObject]:
    """Return what a tool gave."""
    if output.error is not None:
        return [{"text": output.error}]
    if isinstance(output.result, str):
        return [{"text": output.result}]
    ran = as_object(output.result)
    if output.name == "code_execution" and "stdout" in ran:
        streams = {"stdOut": ran["stdout"], "stdErr": ran.get("stderr")}
        return [{"json": {**streams, "exitCode": ran.get("return_code")}}]
    return [{"json": output.result}]


def read_output(result: JsonObject, names: dict[str, str]) -> ProviderToolOutput:
    """Return what a tool gave; `names` are those of the calls so far, by id."""
    id, content = as_text(result.get("toolUseId")), as_objects(result.get("content"))
    name = names.get(id, "")
    found = [block["json"] if "json" in block else block.get("text") for block in content]
    value: object = found[0] if len(found) == 1 else found
    ran = as_object(value)
    if name == "code_execution" and "stdOut" in ran:
        streams = {"stdout": ran["stdOut"], "stderr": ran.get("stdErr")}
        value = {**streams, "return_code": ran.get("exitCode")}
    said = value if isinstance(value, str) else "The tool failed."
    error = said if result.get("status") == "error" else None
    return ProviderToolOutput(id=id, name=name, result=value, error=error)


# --- citations


def text_block(text: Text) -> JsonObject:
    """Return a text, and what it rests on; the vendor cites for all of a block."""
    if not text.citations:
        return {"text": text.text}
    citations = [cited(citation) for citation in text.citations]
    return {"citationsContent": {"content": [{"text": text.text}], "citations": citations}}


def cited(citation: Citation) -> JsonObject:
    """Return what a text rests on."""
    said: dict[str, object] = {}
    if citation.title is not None:
        said["title"] = citation.title
    if citation.cited_text is not None:
        said["sourceContent"] = [{"text": citation.cited_text}]
    url, source = citation.url, citation.source
    counted = source is not None and _COUNTED.fullmatch(source) is not None
    if source is not None and (url is not None or not counted):
        said["source"] = source
    place = {"start": 0, "end": len(citation.cited_text or "")}
    if url is not None:
        domain = url.partition("//")[2].partition("/")[0]
        said["location"] = {"web": {"url": url, "domain": domain}}
    elif source is not None and counted:
        said["location"] = {"documentChar": {"documentIndex": int(source), **place}}
    elif source is not None:
        said["location"] = {"searchResultLocation": {"searchResultIndex": 0, **place}}
    return said


def read_cited(content: JsonObject) -> Text:
    """Return a text with what it rests on."""
    return Text(
        text="".join(texts_of(content.get("content"))),
        citations=[_read_citation(raw) for raw in as_objects(content.get("citations"))],
    )


def _read_citation(raw: JsonObject) -> Citation:
    places = as_object(raw.get("location"))
    place = as_object(next(iter(places.values()), None))
    index = whole_number(place.get("documentIndex"))
    return Citation(
        url=as_text(place.get("url")) or None,
        title=as_text(raw.get("title")) or None,
        source=as_text(raw.get("source")) or (None if index is None else str(index)),
        cited_text="\n".join(texts_of(raw.get("sourceContent"))) or None,
    )
