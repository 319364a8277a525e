"""Files that a provider keeps already, by its own ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mirascope.llm.types.refusals import require

__all__ = ["FileSource", "file_source"]


@dataclass(kw_only=True)
class FileSource:
    """A file that was uploaded to a provider, which no other can see."""

    type: Literal["file_source"]
    file_id: str
    """What the provider calls it: an id, or with Google a URI."""
    provider_id: str


def file_source(file_id: str, provider: str) -> FileSource:
    """Return the source for a file of a provider's."""
    require("file_id", file_id, str, "the id of a file, as text")
    require("provider", provider, str, "the id of the provider that keeps it, as text")
    return FileSource(type="file_source", file_id=file_id, provider_id=provider)
