"""Embeddings on Bedrock: Titan's and Cohere's, each in its own words.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html and
…/model-parameters-embed.html (2026-01).
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from mirascope.llm.providers.bedrock.encode import model_path
from mirascope.llm.providers.cohere.embeddings import cohere_fields
from mirascope.llm.providers.embedding import (
    Embedded,
    EmbeddingCodec,
    EmbeddingRequest,
    decoded,
    vector,
)
from mirascope.llm.transport.http import HttpRequest

__all__ = ["CohereOnBedrock", "TitanEmbeddings", "embedding_codec"]

_TOKENS = "x-amzn-bedrock-input-token-count"


class _Titan(msgspec.Struct, rename="camel"):
    embedding: list[float]
    input_text_token_count: int | None = None


class _ByType(msgspec.Struct):
    floats: list[list[float]] = msgspec.field(name="float")


class _Cohere(msgspec.Struct):
    embeddings: _ByType | list[list[float]]


_TITAN = msgspec.json.Decoder(_Titan)
_COHERE = msgspec.json.Decoder(_Cohere)


class TitanEmbeddings(EmbeddingCodec):
    """Amazon Titan's, a text a request."""

    max_texts = 1

    def encode(self, request: EmbeddingRequest) -> HttpRequest:
        """Return the request; see `EmbeddingCodec.encode`."""
        request.skip("task", request.task)
        body: dict[str, object] = {"inputText": request.texts[0]}
        if request.dimensions is not None:
            body["dimensions"] = request.dimensions
        return request.posted(model_path(request.model_name, "invoke"), body)

    def decode(
        self, body: bytes, headers: Mapping[str, str], request: EmbeddingRequest
    ) -> Embedded:
        """Read an answer; see `EmbeddingCodec.decode`."""
        answer = decoded(body, _TITAN, 1)
        return Embedded(vectors=[vector(answer.embedding)], tokens=answer.input_text_token_count)


class CohereOnBedrock(EmbeddingCodec):
    """Cohere's, without the model in the body; what it took stands in a header."""

    max_texts = 96

    def encode(self, request: EmbeddingRequest) -> HttpRequest:
        """Return the request; see `EmbeddingCodec.encode`."""
        return request.posted(model_path(request.model_name, "invoke"), cohere_fields(request))

    def decode(
        self, body: bytes, headers: Mapping[str, str], request: EmbeddingRequest
    ) -> Embedded:
        """Read an answer; see `EmbeddingCodec.decode`."""
        found = decoded(body, _COHERE, len(request.texts)).embeddings
        vectors = found if isinstance(found, list) else found.floats
        count = headers.get(_TOKENS, "")
        tokens = int(count) if count.isdecimal() and len(count) < 16 else None
        return Embedded(vectors=[vector(one) for one in vectors], tokens=tokens)


def embedding_codec(model_name: str) -> EmbeddingCodec | None:
    """Return the codec for a model; None for those that make no embeddings."""
    if "titan-embed-text" in model_name:
        return TitanEmbeddings()
    return CohereOnBedrock() if "cohere.embed" in model_name else None
