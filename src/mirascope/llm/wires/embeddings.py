"""The server's side of the vendors' embeddings: read which texts, write their vectors.

As the other wires, it shares no code with the client's side.
"""

from __future__ import annotations

import base64
import struct
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias
from urllib.parse import unquote

from mirascope._wire.json_values import JsonObject, as_object, as_objects, as_text, is_list
from mirascope.llm.wires.wire import Incoming, InvalidRequest, compact

__all__ = ["EMBEDDING_WIRES", "EmbeddingWire", "TextsAsked", "embedding_wire_for"]

Vectors: TypeAlias = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsAsked:
    """One request."""

    model: str
    texts: tuple[str, ...]
    dimensions: int | None = None
    base64: bool = False
    """Whether the vectors are to be written so."""


class EmbeddingWire(ABC):
    """One vendor's wire; it has no state."""

    name: ClassVar[str]
    """Of the `Wire` that has this vendor's errors."""

    @abstractmethod
    def takes(self, incoming: Incoming) -> bool:
        """Tell whether a request asks this wire for vectors."""

    @abstractmethod
    def read(self, incoming: Incoming) -> TextsAsked:
        """Return what is asked for.

        Raises:
            InvalidRequest: Something that the vendor insists on is missing.
        """

    @abstractmethod
    def body(self, vectors: Vectors, tokens: int, asked: TextsAsked) -> JsonObject:
        """Return the answer, whose texts had so many tokens."""

    def written(self, vectors: Vectors, tokens: int, asked: TextsAsked) -> bytes:
        """Return the answer as it is sent."""
        return compact(self.body(vectors, tokens, asked)).encode()


def _texts(given: object, name: str) -> tuple[str, ...]:
    texts = [given] if isinstance(given, str) else given
    if not is_list(texts) or not texts:
        raise InvalidRequest(f"Missing required parameter: '{name}'.")
    found = tuple(text for text in texts if isinstance(text, str))
    if len(found) != len(texts):
        raise InvalidRequest(f"'{name}' has to be a text or a list of texts.")
    return found


def _number(given: object) -> int | None:
    if given is None:
        return None
    if not isinstance(given, int) or not 0 < given <= 100_000:
        raise InvalidRequest(f"{given!r} is no number of dimensions.")
    return given


def _model(path: str) -> str:
    return unquote(path.rpartition("/")[2].partition(":")[0])


class _OpenAI(EmbeddingWire):
    """`POST …/embeddings`."""

    name = "chat"

    def takes(self, incoming: Incoming) -> bool:
        return incoming.path.endswith("/embeddings")

    def read(self, incoming: Incoming) -> TextsAsked:
        body = incoming.body
        if not as_text(body.get("model")):
            raise InvalidRequest("Missing required parameter: 'model'.")
        return TextsAsked(
            model=as_text(body["model"]),
            texts=_texts(body.get("input"), "input"),
            dimensions=_number(body.get("dimensions", body.get("output_dimension"))),
            base64=body.get("encoding_format") == "base64",
        )

    def body(self, vectors: Vectors, tokens: int, asked: TextsAsked) -> JsonObject:
        def written(vector: Sequence[float]) -> object:
            if not asked.base64:
                return list(vector)
            return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()

        data = [
            {"object": "embedding", "index": index, "embedding": written(vector)}
            for index, vector in enumerate(vectors)
        ]
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return {"object": "list", "data": data, "model": asked.model, "usage": usage}


class _Gemini(EmbeddingWire):
    """`POST …/models/{model}:batchEmbedContents`; it says nothing of tokens."""

    name = "generate_content"

    def takes(self, incoming: Incoming) -> bool:
        return incoming.path.endswith(":batchEmbedContents")

    def read(self, incoming: Incoming) -> TextsAsked:
        requests = as_objects(incoming.body.get("requests"))
        model = _model(incoming.path)
        texts: list[str] = []
        for request in requests:
            if as_text(request.get("model")).rpartition("/")[2] != model:
                raise InvalidRequest("model in the batch request must match the model in the path")
            parts = as_objects(as_object(request.get("content")).get("parts"))
            texts.append("".join(as_text(part.get("text")) for part in parts))
        first = as_object(requests[0] if requests else None)
        return TextsAsked(
            model=model,
            texts=_texts(texts, "requests"),
            dimensions=_number(first.get("outputDimensionality")),
        )

    def body(self, vectors: Vectors, tokens: int, asked: TextsAsked) -> JsonObject:
        return {"embeddings": [{"values": list(vector)} for vector in vectors]}


class _Vertex(EmbeddingWire):
    """`POST …/models/{model}:predict`."""

    name = "generate_content"

    def takes(self, incoming: Incoming) -> bool:
        return incoming.path.endswith(":predict")

    def read(self, incoming: Incoming) -> TextsAsked:
        body = incoming.body
        texts = [as_text(one.get("content")) for one in as_objects(body.get("instances"))]
        parameters = as_object(body.get("parameters"))
        return TextsAsked(
            model=_model(incoming.path),
            texts=_texts(texts, "instances"),
            dimensions=_number(parameters.get("outputDimensionality")),
        )

    def body(self, vectors: Vectors, tokens: int, asked: TextsAsked) -> JsonObject:
        each, over = divmod(tokens, len(vectors))
        predictions = [
            {
                "embeddings": {
                    "values": list(vector),
                    "statistics": {"truncated": False, "token_count": each + (index < over)},
                }
            }
            for index, vector in enumerate(vectors)
        ]
        return {"predictions": predictions}


class _Cohere(EmbeddingWire):
    """`POST /v2/embed`."""

    name = "cohere"

    def takes(self, incoming: Incoming) -> bool:
        return incoming.path.endswith("/v2/embed")

    def read(self, incoming: Incoming) -> TextsAsked:
        body = incoming.body
        for name in ("model", "input_type"):
            if not as_text(body.get(name)):
                raise InvalidRequest(f"invalid request: {name} is required.")
        return TextsAsked(
            model=as_text(body["model"]),
            texts=_texts(body.get("texts"), "texts"),
            dimensions=_number(body.get("output_dimension")),
        )

    def body(self, vectors: Vectors, tokens: int, asked: TextsAsked) -> JsonObject:
        return {
            "id": "embedding",
            "texts": list(asked.texts),
            "embeddings": {"float": [list(vector) for vector in vectors]},
            "meta": {"api_version": {"version": "2"}, "billed_units": {"input_tokens": tokens}},
            "response_type": "embeddings_by_type",
        }


class _Titan(EmbeddingWire):
    """`POST /model/{model}/invoke`, for Amazon's own."""

    name = "converse"

    def takes(self, incoming: Incoming) -> bool:
        return incoming.path.endswith("/invoke") and "inputText" in incoming.body

    def read(self, incoming: Incoming) -> TextsAsked:
        return TextsAsked(
            model=_model(incoming.path.removesuffix("/invoke")),
            texts=_texts(incoming.body.get("inputText"), "inputText"),
            dimensions=_number(incoming.body.get("dimensions")),
        )

    def body(self, vectors: Vectors, tokens: int, asked: TextsAsked) -> JsonObject:
        return {"embedding": list(vectors[0]), "inputTextTokenCount": tokens}


class _CohereOnBedrock(_Cohere):
    """`POST /model/{model}/invoke`, for Cohere's."""

    name = "converse"

    def takes(self, incoming: Incoming) -> bool:
        return incoming.path.endswith("/invoke") and "texts" in incoming.body

    def read(self, incoming: Incoming) -> TextsAsked:
        model = _model(incoming.path.removesuffix("/invoke"))
        body = {**incoming.body, "model": model}
        return super().read(Incoming(path=incoming.path, query=incoming.query, body=body))

    def body(self, vectors: Vectors, tokens: int, asked: TextsAsked) -> JsonObject:
        answer = super().body(vectors, tokens, asked)
        return {name: answer[name] for name in ("id", "texts", "embeddings", "response_type")}


EMBEDDING_WIRES: tuple[EmbeddingWire, ...] = (
    _OpenAI(),
    _Gemini(),
    _Vertex(),
    _Cohere(),
    _Titan(),
    _CohereOnBedrock(),
)


def embedding_wire_for(incoming: Incoming) -> EmbeddingWire | None:
    """Return the wire that a request asks for vectors."""
    return next((wire for wire in EMBEDDING_WIRES if wire.takes(incoming)), None)
