"""What can go wrong with an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Cut", "Fault", "Malformed", "Stall", "Status", "StreamError"]


@dataclass(frozen=True, slots=True)
class Status:
    """The vendor answers with an error status, in its own form."""

    status: int
    retry_after: float | None = None
    """Seconds, for the header of that name."""
    message: str | None = None
    code: str | None = None
    """The vendor's name of the error; None for the usual one of `status`."""


@dataclass(frozen=True, slots=True)
class Stall:
    """Nothing more comes, though the connection stays open."""

    after_bytes: int | None = None
    """None to stall before the status and headers."""
    seconds: float | None = None
    """How long until the rest comes after all; None for ever."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The body ends too early."""

    after_bytes: int | None = None
    """None for half of it."""
    clean: bool = False
    """Whether it looks like a regular end of the body, as some gateways make it, instead of a
    broken connection."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """An event of the stream, or the whole body, is not JSON."""

    after_events: int = 1
    """How many good events come before it; the rest follows it."""


@dataclass(frozen=True, slots=True)
class StreamError:
    """The stream began well and then carries an error of the vendor, which ends it.

    An answer that is not streamed fails with the status that the error stands for.
    """

    code: str | None = None
    """The vendor's name of the error, such as ``overloaded_error``; None for the usual one."""
    message: str = "The simulated model is overloaded."
    after_events: int = 3
    """How many good events come before it."""
    status: int = 503


Fault: TypeAlias = Status | Stall | Cut | Malformed | StreamError
