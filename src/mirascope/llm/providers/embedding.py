"""The seam between `llm.embed` and a vendor's embeddings: pure, as a `Codec` is."""

from __future__ import annotations

import base64
import binascii
import math
import sys
from abc import ABC, abstractmethod
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

import msgspec

from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.providers.encoding import json_headers, merge_extra, read_json
from mirascope.llm.transport.http import HttpRequest
from mirascope.llm.types.params import Params

__all__ = ["Embedded", "EmbeddingCodec", "EmbeddingRequest", "Vector", "decoded", "vector"]

if TYPE_CHECKING:
    Vector: TypeAlias = array[float]
else:
    Vector = array  # which takes no brackets before Python 3.12
"""Single precision, which is all that vendors send; a list takes eight times the memory."""

AnswerT = TypeVar("AnswerT")

MAX_DIMENSIONS = 65_536
"""The most numbers of a vector that are believed, ten times what models have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingRequest:
    """Texts for one request, in no vendor's words."""

    provider_id: str
    model_id: str
    """As the user wrote it."""
    model_name: str
    """The provider's name of the model."""
    texts: Sequence[str]
    dimensions: int | None = None
    task: str | None = None
    """What the vectors are for: one of ours, or a word of the vendor's own."""
    params: Params = field(default_factory=lambda: cast("Params", {}))
    """Only ``extra_body`` and ``extra_headers`` count."""
    warnings: list[str] = field(default_factory=list[str], repr=False, compare=False)
    """What the encoder skipped, as ``name=value``."""

    def skip(self, name: str, value: object) -> None:
        """Note what the wire has no word for."""
        if value is not None:
            self.warnings.append(f"{name}={value}")

    def unsupported(self, feature: str, message: str | None = None) -> FeatureNotSupportedError:
        """Return the error for what the wire, or the model, cannot do."""
        return FeatureNotSupportedError(feature, self.provider_id, self.model_id, message)

    def posted(self, url: str, body: Mapping[str, object]) -> HttpRequest:
        """Return the HTTP request with that body."""
        return HttpRequest(
            url=url,
            headers=json_headers(self.params),
            body=merge_extra(body, self.params),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """What an answer says."""

    vectors: list[Vector]
    """One for each text, in their order."""
    tokens: int | None = None
    """How many the texts had; None where the vendor does not say."""


class EmbeddingCodec(ABC):
    """One vendor's embeddings of one model: how to ask, and how to read the answer.

    Attributes:
        max_texts: The most texts of one request.
        max_tokens: The most tokens of one request's texts together; None for no known limit.
    """

    max_texts: int
    max_tokens: int | None = None

    @abstractmethod
    def encode(self, request: EmbeddingRequest) -> HttpRequest:
        """Return the request; its URL is a path from the provider's base URL, unsigned.

        Raises:
            FeatureNotSupportedError: The wire cannot carry something in it.
        """

    @abstractmethod
    def decode(
        self, body: bytes, headers: Mapping[str, str], request: EmbeddingRequest
    ) -> Embedded:
        """Read an answer; that there is a vector for each text is looked at elsewhere.

        Raises:
            ValueError: It is not what the wire promises.
        """


def decoded(body: bytes, decoder: msgspec.json.Decoder[AnswerT], texts: int) -> AnswerT:
    """Return the answer for so many texts.

    Raises:
        ValueError: It is none.
    """
    # In memory a number takes sixteen times the two bytes that it may have here.
    if body.count(b",") > texts * MAX_DIMENSIONS + 1000:
        raise ValueError(f"the answer has more numbers than {texts} vectors can have")
    try:
        return read_json(body, decoder)
    except ValueError:
        raise ValueError(
            "the server sent something else in place of a list of embeddings"
        ) from None


def vector(given: Sequence[float] | str) -> Vector:
    """Return a vector from what was sent: numbers, or base64 of singles, the lowest byte first.

    Raises:
        ValueError: It is none, or a number in it is not finite.
    """
    if isinstance(given, str):
        made = array("f")
        try:
            made.frombytes(base64.b64decode(given, validate=True))
        except (binascii.Error, ValueError):
            raise ValueError("an embedding is no base64 of numbers") from None
        if sys.byteorder == "big":
            made.byteswap()
    else:
        made = array("f", given)
    if not made:
        raise ValueError("an embedding is empty")
    if not math.isfinite(sum(made)):  # infinities and NaN are all that a sum does not survive
        raise ValueError("an embedding has a number in it that is not finite")
    return made
