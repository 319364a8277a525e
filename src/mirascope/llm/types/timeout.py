"""How long to wait for a model, phase by phase."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Timeout"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeout:
    """Limits for one request, in seconds. None means no limit.

    Only content counts as progress: text, thoughts and tool arguments do; keep-alive comments,
    pings and bookkeeping do not. The time your own code spends between two chunks is never counted,
    except against `total`.
    """

    connect: float | None = 10
    """Until the connection is established, TLS included."""
    first_content: float | None = 600
    """Until the first content arrives; connecting is included, and so is fetching a token to sign
    the request with."""
    idle: float | None = 300
    """Between two pieces of content."""
    total: float | None = None
    """Until the end of the answer, from the first attempt, fetching a token included."""

    def __post_init__(self) -> None:
        for name in ("connect", "first_content", "idle", "total"):
            value = getattr(self, name)
            if value is not None and (
                isinstance(value, bool) or not isinstance(value, (int, float))
            ):
                raise TypeError(
                    f"Timeout.{name} takes seconds, such as 30, or None, not "
                    f"{type(value).__name__}."
                )
            if value is not None and not value > 0:
                raise ValueError(
                    f"Timeout.{name} must be a positive number of seconds or None, got {value!r}."
                )
            if isinstance(value, int) and value.bit_length() > 1000:  # no float holds it
                raise ValueError(f"Timeout.{name} is too long; None means no limit.")

    @classmethod
    def of(cls, value: Timeout | float | None) -> Timeout | None:
        """Return `value` as a `Timeout`; a bare number becomes the limit for the whole request.

        Raises:
            TypeError: It is neither.
            ValueError: It is not a number of seconds that can be waited for.
        """
        if value is None or isinstance(value, Timeout):
            return value
        return cls(total=value)
