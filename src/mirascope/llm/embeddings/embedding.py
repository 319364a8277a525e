"""`llm.embed`: texts to vectors, in as many requests as it takes."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias, cast

from typing_extensions import TypedDict, Unpack

from mirascope.llm.embeddings.vectors import Embeddings
from mirascope.llm.embeddings.work import Batch, Work
from mirascope.llm.exceptions import ProviderError
from mirascope.llm.models.parameters import check_parameters
from mirascope.llm.retries.config import RetryConfig
from mirascope.llm.types import NoneType
from mirascope.llm.types.params import Params
from mirascope.llm.types.refusals import require, wrong_type
from mirascope.llm.types.timeout import Timeout

__all__ = ["EmbedArgs", "EmbeddingTask", "embed", "embed_async"]

EmbeddingTask: TypeAlias = Literal[
    "query", "document", "similarity", "classification", "clustering"
]
"""What vectors are for: to find others, to be found, to be compared, sorted or grouped."""


class EmbedArgs(TypedDict, total=False):
    """What may be said to `llm.embed` besides the texts."""

    dimensions: int | None
    """How many numbers each vector is to have; the model's own number when None."""
    task: EmbeddingTask | str | None
    """What the vectors are for, or a word of the vendor's own. A vendor without a word for it makes
    one kind of vectors only: then it is skipped, with a logged warning."""
    retry: RetryConfig | None
    """How often each request is made again when it fails; not at all when None."""
    timeout: Timeout | float | None
    """Limits for each request, in seconds."""
    keep_raw: bool
    """Whether the vendor's answers are kept, which is as much again; not unless said."""
    extra_body: Mapping[str, object]
    """Merged into the JSON body of each request."""
    extra_headers: Mapping[str, str]
    """Added to the headers of each request."""


def embed(model: str, texts: str | Sequence[str], **more: Unpack[EmbedArgs]) -> Embeddings:
    """Return the vectors of texts, in their order.

    As many texts as the vendor takes go into a request, and as many requests are made as are
    needed, one after the other. The first that fails for good ends it, and its error is raised.

    Args:
        model: Such as ``openai/text-embedding-3-small``.
        texts: One, or any number. Of none there are no vectors, and nobody is asked.
        **more: See `EmbedArgs`.

    Raises:
        ProviderError: What went wrong at the provider or on the way.
        FeatureNotSupportedError: The provider has no embeddings, or not such.
        MissingAPIKeyError: The provider's key is not known.
        NoRegisteredProviderError: Nobody answers for the model.
        TypeError: An argument is not known, or of a wrong type.
        ValueError: An argument is out of the question.
    """
    work = _work(model, texts, more)
    for batch in work.batches:
        _ask(work, batch)
    return work.result()


async def embed_async(
    model: str,
    texts: str | Sequence[str],
    *,
    max_concurrency: int = 8,
    **more: Unpack[EmbedArgs],
) -> Embeddings:
    """Return the vectors of texts, asynchronously; see `embed`.

    When a request fails for good, or this is cancelled, the others are broken off, and their
    connections are closed before the error is raised.

    Args:
        model: Such as ``openai/text-embedding-3-small``.
        texts: One, or any number.
        max_concurrency: How many requests are made at once.
        **more: See `EmbedArgs`.

    Raises:
        ValueError: `max_concurrency` is no positive number, beside what `embed` raises.
    """
    require("max_concurrency", max_concurrency, int, "a number, such as 8")
    if max_concurrency < 1:
        raise ValueError(f"max_concurrency must be at least 1, got {max_concurrency}.")
    import asyncio  # loaded already, where there is a running loop

    work = _work(model, texts, more)
    waiting = iter(work.batches)

    async def ask_for_the_rest() -> None:
        for batch in waiting:
            await _ask_async(work, batch)

    number = min(max_concurrency, len(work.batches))
    tasks = [asyncio.create_task(ask_for_the_rest()) for _ in range(number)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return work.result()


def _ask(work: Work, batch: Batch) -> None:
    attempts = work.attempts()
    while True:
        attempts.begin()
        try:
            return work.provider.ask(work.inquiry(batch), work.model_name)
        except ProviderError as error:
            wait = attempts.wait_after(error)
            if wait is None:
                raise
        time.sleep(wait)


async def _ask_async(work: Work, batch: Batch) -> None:
    import asyncio  # as above

    attempts = work.attempts()
    while True:
        attempts.begin()
        try:
            return await work.provider.ask_async(work.inquiry(batch), work.model_name)
        except ProviderError as error:
            wait = attempts.wait_after(error)
            if wait is None:
                raise
        await asyncio.sleep(wait)


def _work(model: str, texts: str | Sequence[str], more: EmbedArgs) -> Work:
    if unknown := more.keys() - EmbedArgs.__annotations__:
        raise TypeError(
            f"llm.embed does not know {min(unknown)!r}, only "
            f"{', '.join(EmbedArgs.__annotations__)}."
        )
    require("model", model, str, "the id of a model, such as 'openai/text-embedding-3-small'")
    said = [texts] if isinstance(texts, str) else texts
    if isinstance(said, bytes) or not isinstance(said, Sequence):  # pyright: ignore[reportUnnecessaryIsInstance]  # unchecked callers
        raise wrong_type("texts", "a text or a list of texts", said)
    for text in said:
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # likewise
            raise wrong_type("texts", "a text or a list of texts", said)
    dimensions, retry = more.get("dimensions"), more.get("retry")
    require("dimensions", dimensions, (int, NoneType), "a number, such as 256")
    if dimensions is not None and dimensions < 1:
        raise ValueError(f"dimensions must be at least 1, got {dimensions}.")
    require("task", more.get("task"), (str, NoneType))
    require("retry", retry, (RetryConfig, NoneType), "an llm.RetryConfig")
    if retry is not None and retry.fallback_models:
        raise ValueError(
            "retry has fallback_models, but vectors of different models cannot be compared."
        )
    names = ("timeout", "extra_body", "extra_headers")
    params = cast("Params", {name: more.get(name) for name in names if name in more})
    check_parameters(params)
    return Work(
        model,
        said,
        dimensions=dimensions,
        task=more.get("task"),
        retry=retry,
        params=params,
        keep_raw=bool(more.get("keep_raw")),
    )
