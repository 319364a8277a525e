"""OpenAI's embeddings, and those of everybody who copied them.

https://platform.openai.com/docs/api-reference/embeddings/create (2025-12).
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
from mirascope.llm.providers.openai.quirks import EmbeddingQuirks
from mirascope.llm.transport.http import HttpRequest

__all__ = ["OpenAIEmbeddings"]


class _Entry(msgspec.Struct):
    embedding: list[float] | str
    index: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    total_tokens: int | None = None


class _Answer(msgspec.Struct):
    data: list[_Entry]
    usage: _Usage | None = None


_ANSWER = msgspec.json.Decoder(_Answer)


class OpenAIEmbeddings(EmbeddingCodec):
    """`POST /embeddings`; a family of servers shares one instance."""

    def __init__(self, quirks: EmbeddingQuirks) -> None:
        """Speak the wire as the server does that `quirks` describe."""
        self.max_texts = quirks.max_texts
        self.max_tokens = quirks.max_tokens
        self._quirks = quirks

    def encode(self, request: EmbeddingRequest) -> HttpRequest:
        """Return the request; see `EmbeddingCodec.encode`."""
        quirks = self._quirks
        body: dict[str, object] = {"model": request.model_name, "input": list(request.texts)}
        if request.dimensions is not None:
            body[quirks.dimensions_field] = request.dimensions
        if quirks.base64:
            body["encoding_format"] = "base64"
        if not quirks.tasks:
            request.skip("task", request.task)
        elif (task := request.task or quirks.default_task) is not None:
            body["input_type"] = dict(quirks.tasks).get(task, task)
        return request.posted("/embeddings", body)

    def decode(
        self, body: bytes, headers: Mapping[str, str], request: EmbeddingRequest
    ) -> Embedded:
        """Read an answer; each vector says which text it is of, and most come in order anyway."""
        answer = decoded(body, _ANSWER, len(request.texts))
        entries = answer.data
        if any(entry.index is not None for entry in entries):
            if sorted(-1 if e.index is None else e.index for e in entries) != [
                *range(len(entries))
            ]:
                raise ValueError("the embeddings do not say clearly which texts they are of")
            entries = sorted(entries, key=lambda entry: entry.index or 0)
        usage = answer.usage
        tokens = None
        if usage is not None:
            tokens = usage.total_tokens if usage.prompt_tokens is None else usage.prompt_tokens
        return Embedded(vectors=[vector(entry.embedding) for entry in entries], tokens=tokens)
