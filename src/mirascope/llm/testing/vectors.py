"""The simulated model's vectors: one for each text, near those of texts that share words."""

from __future__ import annotations

import math
import re
from hashlib import blake2b

__all__ = ["DIMENSIONS", "vector_of"]

DIMENSIONS = 256
"""How many numbers a vector has, unless the request says."""

_WORD = re.compile(r"\w+")


def vector_of(text: str, dimensions: int = DIMENSIONS) -> list[float]:
    """Return the vector of a text, of length 1: each word adds to two of its numbers."""
    numbers = [0.0] * dimensions
    for word in _WORD.findall(text.lower()) or [text]:
        digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        for half in (digest[:4], digest[4:]):
            number = int.from_bytes(half, "big")
            numbers[number // 2 % dimensions] += 1 if number % 2 else -1
    length = math.sqrt(math.fsum(number * number for number in numbers))
    if not length:  # what its words add cancels out
        numbers[0] = length = 1.0
    return [number / length for number in numbers]
