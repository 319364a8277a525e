"""What was tried for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mirascope.llm.pricing.cost import Cost
from mirascope.llm.responses.asker import AnyModel
from mirascope.llm.responses.priced import cost_of_request
from mirascope.llm.responses.usage import Usage

__all__ = ["Attempt", "RetryFailure"]


@dataclass(kw_only=True, slots=True)
class Attempt:
    """One request that was made for an answer, and is over.

    A layer that asks again logs it. Where one such layer stands around another, the inner one gives
    the account of the requests; what the outer one logs `encloses` them, and is in the log only.
    """

    type: Literal["attempt"] = "attempt"
    model: str
    """The id of the model that was asked."""
    started: float
    """When it was sent, in seconds since the epoch."""
    ended: float
    """When it was over, likewise."""
    wait: float = 0.0
    """How long was waited before it, in seconds."""
    error: BaseException | None = None
    """Why it failed; None when it did not."""
    usage: Usage | None = None
    """What it is known to have used; None when the provider did not say."""
    discards: bool = False
    """Whether the answer so far is void: what follows begins it again."""
    encloses: bool = False
    """Whether a layer below has given an account of it, request by request."""

    @property
    def cost(self) -> Cost | None:
        """Return what it is known to have cost; None when nothing is known."""
        return cost_of_request(self.model, self.usage, self.error, self.started)


@dataclass
class RetryFailure:
    """An attempt that failed."""

    model: AnyModel
    """The model that was asked."""
    exception: Exception
    """Why it failed."""
