"""The body of a whole answer, decoded when somebody looks at it: few do, and objects are large."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

__all__ = ["RawBody", "decoded"]


@dataclass(frozen=True, slots=True)
class RawBody:
    """A body as it came."""

    data: bytes


def decoded(data: bytes) -> object:
    """Return JSON decoded; what is none, as text."""
    try:
        return msgspec.json.decode(data)
    except ValueError:
        return data.decode(errors="replace")
