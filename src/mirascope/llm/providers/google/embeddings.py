"""Google's embeddings: the Gemini API's batches, and Vertex AI's predictions.

https://ai.google.dev/api/embeddings and
https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api (2026-01).
"""

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
from mirascope.llm.providers.google.quirks import GEMINI_API, VERTEX
from mirascope.llm.transport.http import HttpRequest

__all__ = ["GeminiEmbeddings", "VertexEmbeddings"]

_TASKS = {
    "query": "RETRIEVAL_QUERY",
    "document": "RETRIEVAL_DOCUMENT",
    "similarity": "SEMANTIC_SIMILARITY",
    "classification": "CLASSIFICATION",
    "clustering": "CLUSTERING",
}


def _task(request: EmbeddingRequest) -> str | None:
    return None if request.task is None else _TASKS.get(request.task, request.task)


class _Values(msgspec.Struct):
    values: list[float]


class _Usage(msgspec.Struct, rename="camel"):
    prompt_token_count: int | None = None


class _Batch(msgspec.Struct, rename="camel"):
    embeddings: list[_Values]
    usage_metadata: _Usage | None = None


_BATCH = msgspec.json.Decoder(_Batch)


class GeminiEmbeddings(EmbeddingCodec):
    """`POST …/models/{model}:batchEmbedContents`, which as a rule says nothing of tokens."""

    max_texts = 100

    def encode(self, request: EmbeddingRequest) -> HttpRequest:
        """Return the request; see `EmbeddingCodec.encode`."""
        path = GEMINI_API.path(request.model_name)
        more: dict[str, object] = {"model": path.removeprefix("/v1beta/")}
        if (task := _task(request)) is not None:
            more["taskType"] = task
        if request.dimensions is not None:
            more["outputDimensionality"] = request.dimensions
        each = [{**more, "content": {"parts": [{"text": text}]}} for text in request.texts]
        return request.posted(f"{path}:batchEmbedContents", {"requests": each})

    def decode(
        self, body: bytes, headers: Mapping[str, str], request: EmbeddingRequest
    ) -> Embedded:
        """Read an answer; see `EmbeddingCodec.decode`."""
        answer = decoded(body, _BATCH, len(request.texts))
        usage = answer.usage_metadata
        return Embedded(
            vectors=[vector(one.values) for one in answer.embeddings],
            tokens=None if usage is None else usage.prompt_token_count,
        )


class _Statistics(msgspec.Struct):
    token_count: float | None = None


class _Embedding(msgspec.Struct):
    values: list[float]
    statistics: _Statistics | None = None


class _Prediction(msgspec.Struct):
    embeddings: _Embedding


class _Predictions(msgspec.Struct):
    predictions: list[_Prediction]


_PREDICTIONS = msgspec.json.Decoder(_Predictions)


class VertexEmbeddings(EmbeddingCodec):
    """`POST …/models/{model}:predict`.

    Models called ``gemini-`` take one text a request; the others have a limit of tokens, too.
    """

    def __init__(self, model_name: str) -> None:
        """Speak to a model."""
        alone = model_name.startswith("gemini-")
        self.max_texts = 1 if alone else 250
        self.max_tokens = None if alone else 20_000

    def encode(self, request: EmbeddingRequest) -> HttpRequest:
        """Return the request; see `EmbeddingCodec.encode`."""
        task = _task(request)
        more = {} if task is None else {"task_type": task}
        parameters: dict[str, object] = {"autoTruncate": False}
        if request.dimensions is not None:
            parameters["outputDimensionality"] = request.dimensions
        instances = [{"content": text, **more} for text in request.texts]
        return request.posted(
            f"{VERTEX.path(request.model_name)}:predict",
            {"instances": instances, "parameters": parameters},
        )

    def decode(
        self, body: bytes, headers: Mapping[str, str], request: EmbeddingRequest
    ) -> Embedded:
        """Read an answer; see `EmbeddingCodec.decode`."""
        found = [
            one.embeddings for one in decoded(body, _PREDICTIONS, len(request.texts)).predictions
        ]
        counts = [one.statistics.token_count for one in found if one.statistics is not None]
        known = [int(count) for count in counts if count is not None]
        return Embedded(
            vectors=[vector(one.values) for one in found],
            tokens=sum(known) if len(known) == len(found) else None,
        )
