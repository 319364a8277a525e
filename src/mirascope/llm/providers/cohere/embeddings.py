"""Cohere's embeddings: https://docs.cohere.com/v2/reference/embed (2025-12)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from mirascope.llm.providers.embedding import (
    Embedded,
    EmbeddingCodec,
    EmbeddingRequest,
    decoded,
    vector,
)
from mirascope.llm.transport.http import HttpRequest

__all__ = ["CohereEmbeddings", "cohere_fields"]

_TASKS = {"query": "search_query", "document": "search_document"}


class _ByType(msgspec.Struct):
    floats: list[list[float]] = msgspec.field(name="float")


class _Billed(msgspec.Struct):
    input_tokens: float | None = None


class _Meta(msgspec.Struct):
    billed_units: _Billed | None = None


class _Answer(msgspec.Struct):
    embeddings: _ByType
    meta: _Meta | None = None


_ANSWER = msgspec.json.Decoder(_Answer)


def cohere_fields(request: EmbeddingRequest) -> dict[str, object]:
    """Return the fields that Cohere's models have wherever they are served.

    What vectors are for has to be said; unless the caller does, they are of documents to find.

    Raises:
        FeatureNotSupportedError: Vectors to compare two texts have no word here.
    """
    if request.task == "similarity":
        raise request.unsupported(
            "task:similarity",
            "Cohere's embeddings are for 'query' and 'document', 'classification' or 'clustering'; "
            "there is none for similarity. Texts of one kind are compared by vectors of one task.",
        )
    task = request.task or "document"
    fields: dict[str, object] = {
        "texts": list(request.texts),
        "input_type": _TASKS.get(task, task),
        "embedding_types": ["float"],
    }
    if request.dimensions is not None:
        fields["output_dimension"] = request.dimensions
    return fields


class CohereEmbeddings(EmbeddingCodec):
    """`POST /v2/embed`."""

    max_texts = 96

    def encode(self, request: EmbeddingRequest) -> HttpRequest:
        """Return the request; see `EmbeddingCodec.encode`.

        A text that is too long is refused, as elsewhere, and not silently cut.
        """
        body = {"model": request.model_name, "truncate": "NONE", **cohere_fields(request)}
        return request.posted("/v2/embed", body)

    def decode(
        self, body: bytes, headers: Mapping[str, str], request: EmbeddingRequest
    ) -> Embedded:
        """Read an answer; see `EmbeddingCodec.decode`."""
        answer = decoded(body, _ANSWER, len(request.texts))
        billed = None if answer.meta is None else answer.meta.billed_units
        tokens = None if billed is None or billed.input_tokens is None else int(billed.input_tokens)
        return Embedded(vectors=[vector(one) for one in answer.embeddings.floats], tokens=tokens)
