"""Tools that Bedrock runs: how they are asked for, and what an answer says of them and cites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mirascope._wire.json_values import as_number, as_object, as_objects, as_text
from mirascope.llm.content import Citation, ProviderToolOutput
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.tools import server_tool, set_fields
from mirascope.llm.tools import ProviderTool

__all__ = ["encode_server_tool", "our_name", "read_citation", "read_output"]

# https://docs.aws.amazon.com/nova/latest/nova2-userguide/built-in-tools.html (2026-01)
_TOOLS = {"web_search": "nova_grounding", "code_execution": "nova_code_interpreter"}
_NAMES = {theirs: ours for ours, theirs in _TOOLS.items()}


def encode_server_tool(tool: ProviderTool, request: Request) -> dict[str, object]:
    """Return a tool in the wire's form, which has no settings.

    Raises:
        FeatureNotSupportedError: The vendor has no such tool, or not with these settings.
    """
    name = server_tool(tool, request, _TOOLS)
    return {"systemTool": {"name": name, **set_fields(tool, request, [])}}


def our_name(name: str) -> str:
    """Return what a tool of the server's is called here."""
    return _NAMES.get(name, name)


def read_citation(citation: Mapping[str, object]) -> Citation:
    """Return a citation; it is about all of the text that it comes with.

    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Citation.html (2026-01)
    """
    location = as_object(citation.get("location"))
    kind = next(iter(location), "")
    place = as_object(location.get(kind))
    number = as_number(place.get("documentIndex", place.get("searchResultIndex")))
    said = [as_text(part.get("text")) for part in as_objects(citation.get("sourceContent"))]
    counted = None if number is None else str(int(number))
    return Citation(
        url=as_text(place.get("url")) or None,
        title=as_text(citation.get("title")) or None,
        source=as_text(citation.get("source")) or counted,
        cited_text="\n".join(filter(None, said)) or None,
    )


def read_output(
    id: str, name: str, content: Sequence[Mapping[str, object]], *, failed: bool
) -> ProviderToolOutput:
    """Return what a tool gave the model."""
    found = [part["json"] if "json" in part else part.get("text") for part in content]
    result: object = found[0] if len(found) == 1 else found
    fields = as_object(result)
    if name == "code_execution" and "stdOut" in fields:
        result = {
            "stdout": fields.get("stdOut"),
            "stderr": fields.get("stdErr"),
            "return_code": fields.get("exitCode"),
        }
    error = (result if isinstance(result, str) else "The tool failed.") if failed else None
    return ProviderToolOutput(id=id, name=name, result=result, error=error)
