"""What texts were embedded to."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from mirascope.llm.responses.raw_body import decoded
from mirascope.llm.responses.usage import Usage

__all__ = ["Embeddings", "Vector"]

if TYPE_CHECKING:
    Vector: TypeAlias = array[float]
else:
    Vector = array  # which takes no brackets before Python 3.12
"""Numbers of single precision, four bytes each, as vendors send them. NumPy takes one as it is,
``list`` makes a list of it."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Embeddings:
    """The vectors of texts, in the order of the texts; it can be iterated and indexed as they."""

    vectors: list[Vector]
    model: str
    """The id of the model."""
    provider_id: str
    """Who answered."""
    usage: Usage | None = None
    """Of all requests together; None where the vendor does not say."""
    bodies: tuple[bytes, ...] = field(default=(), compare=False)
    """The answers as they came, where they were kept."""

    @property
    def vector(self) -> Vector:
        """Return the vector of the one text.

        Raises:
            ValueError: There is not one text.
        """
        if len(self.vectors) != 1:
            raise ValueError(f"There are {len(self.vectors)} vectors, not one: use `vectors`.")
        return self.vectors[0]

    @property
    def dimensions(self) -> int:
        """Return how many numbers each vector has; 0 where there is none."""
        return len(self.vectors[0]) if self.vectors else 0

    @property
    def raw(self) -> list[object]:
        """Return the vendor's answers, decoded JSON; none unless ``keep_raw=True`` was said."""
        return [decoded(body) for body in self.bodies]

    def lists(self) -> list[list[float]]:
        """Return the vectors as lists, which JSON and most databases want."""
        return [vector.tolist() for vector in self.vectors]

    def __len__(self) -> int:
        return len(self.vectors)

    def __iter__(self) -> Iterator[Vector]:
        return iter(self.vectors)

    def __getitem__(self, index: int) -> Vector:
        return self.vectors[index]

    def __repr__(self) -> str:
        vectors = "1 vector" if len(self.vectors) == 1 else f"{len(self.vectors)} vectors"
        return (
            f"<Embeddings: {vectors} of {self.dimensions} numbers, model={self.model!r}, "
            f"usage={self.usage!r}>"
        )
