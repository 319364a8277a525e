"""How the two servers that speak the generateContent wire differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

__all__ = ["GEMINI_API", "VERTEX", "GoogleQuirks", "model_path"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleQuirks:
    """How a server differs from the Gemini API; the defaults are that."""

    path: Callable[[str], str]
    """The path of a model, from the base URL on; raises `ValueError` for what can be no model."""
    call_ids: bool = True
    """Whether calls and their results have ids; else they are told apart by their order."""
    counts_whole: bool = True
    """Whether the whole of a request is counted, choice of tools and all; else what it says."""
    fetches_files: bool = False
    """Whether images and documents may be named by an address, which the server fetches."""
    server_tools_beside_functions: bool = True
    """Whether it has to be told that tools of its own stand beside the user's."""


def model_path(name: str, collection: str) -> str:
    """Return a model's path in `collection`, unless its name has a collection of its own.

    Raises:
        ValueError: It would lead elsewhere.
    """
    parts = name.split("/")
    if not {"", ".", ".."}.isdisjoint(parts):
        raise ValueError(f"This cannot be the name of a Google model: {name!r}.")
    path = quote(name, safe="/@")  # as in claude-sonnet-4@20250514
    return path if len(parts) > 1 else f"{collection}/{path}"


def _gemini_path(name: str) -> str:
    return f"/v1beta/{model_path(name, 'models')}"  # tuned models are in ``tunedModels``


def _vertex_path(name: str) -> str:
    return f"/{model_path(name, 'publishers/google/models')}"  # tuned ones are ``endpoints``


GEMINI_API = GoogleQuirks(path=_gemini_path)
VERTEX = GoogleQuirks(
    path=_vertex_path,
    call_ids=False,
    counts_whole=False,
    fetches_files=True,
    server_tools_beside_functions=False,
)
"""Vertex AI: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
(2026-01), and what Google's SDK sends there (google-genai 2.34, `models.py`)."""
