"""What a framing raises."""

from __future__ import annotations

__all__ = ["FrameError", "FrameTooLarge"]


class FrameError(ValueError):
    """The bytes are not what the framing promises. The message never holds any of them."""


class FrameTooLarge(FrameError):
    """An event, or a line, is longer than allowed.

    Attributes:
        limit: The greatest length allowed, in bytes.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"an event of the stream is longer than {limit} bytes")
        self.limit = limit

    def __reduce__(self) -> tuple[type[FrameTooLarge], tuple[int]]:
        """Pickle by the limit: `args` holds the message."""
        return type(self), (self.limit,)
