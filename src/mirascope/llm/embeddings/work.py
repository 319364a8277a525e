"""What one call of `llm.embed` has to do, batch by batch; it asks nobody itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mirascope.llm.embeddings.attempts import Attempts
from mirascope.llm.embeddings.vectors import Embeddings, Vector
from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.providers import WireProvider, get_provider_for_model
from mirascope.llm.providers.embedding import Embedded, EmbeddingRequest
from mirascope.llm.providers.inquiry import Inquiry
from mirascope.llm.responses.usage import Usage
from mirascope.llm.retries.config import RetryConfig
from mirascope.llm.types.params import Params

__all__ = ["Batch", "Work"]

MAX_BODY = 256 * 1024 * 1024
"""The largest answer that is read, in bytes: 2048 vectors of 3072 numbers, written out, are 130
million."""
BYTES_A_TOKEN = 2
"""What counts against a vendor's limit of tokens. Words of English have four and more, those of
most other scripts three; that so little text makes a token is rare."""

_logger = logging.getLogger("mirascope.llm.providers")


@dataclass(frozen=True, slots=True)
class Batch:
    """The texts of one request: those from `start` up to `end`."""

    start: int
    end: int


class Work:
    """The state of one call.

    Attributes:
        provider: Who is asked.
        model_name: The provider's name of the model.
        batches: What to ask for, in any order.
    """

    def __init__(
        self,
        model: str,
        texts: Sequence[str],
        *,
        dimensions: int | None,
        task: str | None,
        retry: RetryConfig | None,
        params: Params,
        keep_raw: bool,
    ) -> None:
        """Plan; nothing is sent.

        Raises:
            NoRegisteredProviderError: Nobody answers for the model.
            FeatureNotSupportedError: Who does has no embeddings.
        """
        provider = get_provider_for_model(model)
        if not isinstance(provider, WireProvider):
            raise FeatureNotSupportedError("embeddings", provider.id, model)
        self.provider: WireProvider = provider
        self.model_name, self._codec = provider.embeddings(model)
        self._error = provider.row.route(model, ()).error
        self._model = model
        self._texts = texts
        self._dimensions = dimensions
        self._task = task
        self._retry = retry
        self._params = params
        self._keep_raw = keep_raw
        self._vectors: list[Vector | None] = [None] * len(texts)
        self._tokens: int | None = 0
        self._bodies: dict[int, bytes] = {}
        self._length = dimensions
        self.batches: list[Batch] = list(self._cut())

    def _cut(self) -> Iterator[Batch]:
        """Yield batches, each as large as the vendor takes."""
        most, limit = self._codec.max_texts, self._codec.max_tokens
        start = tokens = 0
        for index, text in enumerate(self._texts):
            size = 0
            if limit is not None:
                size = len(text.encode("utf-8", "surrogatepass")) // BYTES_A_TOKEN + 1
            full = index - start == most or (limit is not None and tokens + size > limit)
            if full and index > start:
                yield Batch(start, index)
                start, tokens = index, 0
            tokens += size
        if self._texts:
            yield Batch(start, len(self._texts))

    def attempts(self) -> Attempts:
        """Return how often a batch is asked for."""
        return Attempts(self._retry, self._model)

    def inquiry(self, batch: Batch) -> Inquiry[None]:
        """Return what asks for a batch, and takes the answer.

        Raises:
            FeatureNotSupportedError: The wire cannot carry something in the request.
        """
        request = EmbeddingRequest(
            provider_id=self.provider.id,
            model_id=self._model,
            model_name=self.model_name,
            texts=self._texts[batch.start : batch.end],
            dimensions=self._dimensions,
            task=self._task,
            params=self._params,
        )
        http_request = self._codec.encode(request)
        for skipped in request.warnings if batch.start == 0 else ():
            _logger.warning(
                "Skipping unsupported parameter: %s (provider: %s, model: %s)",
                skipped,
                self.provider.id,
                self._model,
            )

        def read(body: bytes, headers: Mapping[str, str]) -> None:
            embedded = self._codec.decode(body, headers, request)
            self._take(batch, embedded)
            if self._keep_raw:
                self._bodies[batch.start] = body

        return Inquiry(
            http_request,
            read,
            self._error,
            what="list of embeddings",
            provider_id=self.provider.id,
            model_id=self._model,
            limits=self.provider.limits(self._params),
            max_body=MAX_BODY,
        )

    def _take(self, batch: Batch, embedded: Embedded) -> None:
        """Keep the vectors of a batch.

        Raises:
            ValueError: They are not what was asked for.
        """
        vectors, texts = embedded.vectors, batch.end - batch.start
        if len(vectors) != texts:
            raise ValueError(f"{texts} texts have {len(vectors)} embeddings")
        for vector in vectors:
            if self._length is None:
                self._length = len(vector)
            elif len(vector) != self._length:
                hint = ": perhaps the model knows no dimensions" if self._dimensions else ""
                raise ValueError(
                    f"an embedding has {len(vector)} numbers, not {self._length}{hint}"
                )
        self._vectors[batch.start : batch.end] = vectors
        if embedded.tokens is None or self._tokens is None:
            self._tokens = None
        else:
            self._tokens += embedded.tokens

    def result(self) -> Embeddings:
        """Return the vectors of all batches."""
        tokens = self._tokens
        return Embeddings(
            vectors=[vector for vector in self._vectors if vector is not None],
            model=self._model,
            provider_id=self.provider.id,
            usage=None if tokens is None else Usage(input_tokens=tokens),
            bodies=tuple(self._bodies[start] for start in sorted(self._bodies)),
        )
