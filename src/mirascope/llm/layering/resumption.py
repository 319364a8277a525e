"""Taking up an answer where its connection broke, at a vendor that goes on with it by itself."""

from __future__ import annotations

from typing import Any

__all__ = ["Resumption"]


class Resumption:
    """What passes between who goes on with answers, and who reads them off the wire.

    The former puts a new one into each request (`Request.resumption`). When the connection breaks,
    and the vendor can be asked for the rest, `kept` is set. Asked with that as `begun`, the answer
    goes on, and `resumed` says so; without it, what comes is another answer.

    Attributes:
        begun: The decoder of what came before; None for an answer from its beginning.
        kept: The decoder of what has come; None while the rest cannot be asked for.
        resumed: Whether this is the rest of what had begun.
    """

    __slots__ = ("begun", "kept", "resumed")

    def __init__(self, begun: Any = None) -> None:
        """Begin, or go on with what had begun."""
        self.begun: Any = begun
        self.kept: Any = None
        self.resumed: bool = False
