"""What a model on Bedrock did with tools of the server's, and what it cites, in our own shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mirascope._wire.json_values import as_number, as_object, as_objects, as_text
from mirascope.llm.content import Citation, ProviderToolOutput
from mirascope.llm.providers.bedrock.tools import SERVER_TOOLS

__all__ = ["our_name", "read_citation", "read_output"]

_NAMES = {theirs: ours for ours, theirs in SERVER_TOOLS.items()}


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
