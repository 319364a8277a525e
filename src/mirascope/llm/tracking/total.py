"""`llm.track`: what everything in a block uses, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Self

from mirascope.llm.layering import Answer, LayerFlow, Open, Request
from mirascope.llm.layering.account import Account, watch
from mirascope.llm.layering.block import InmostLayer
from mirascope.llm.pricing import Cost
from mirascope.llm.pricing.used import context_of
from mirascope.llm.responses.priced import is_refusal, price_usage
from mirascope.llm.responses.raw_body import RawBody, decoded
from mirascope.llm.responses.usage import Usage
from mirascope.llm.tracking.carrying import carry_into_threads
from mirascope.llm.tracking.tally import Ended, Share, Tally

__all__ = ["Total", "track"]

_TERMS = (b'"service_tier"', b'"speed"')
_LAST_EVENTS = 3
"""The terms of an answer, as its class of service, are said at the end of its stream."""


class Total(InmostLayer):
    """What was used in a block, and what it cost; what `track` returns.

    It may be read at any time, in the block and after it, from any thread: what has ended is in it,
    and while something is under way it is not `complete`. The same one may be entered again, by any
    number of threads and tasks, and adds up.
    """

    def __init__(self) -> None:
        self._tally = Tally()

    def __enter__(self) -> Self:
        carry_into_threads()
        return super().__enter__()

    def __repr__(self) -> str:
        return f"Total(requests={self.requests}, tokens={self.usage.total_tokens})"

    def __reduce__(self) -> tuple[object, ...]:
        # A response that is sent elsewhere may take it along; what is asked there is not ours.
        return Total, ()

    # --- what there is to read

    def by_model(self) -> dict[str, Share]:
        """Return what was used of each model, by its id, in the order of their first requests."""
        return self._tally.by_model()

    @property
    def requests(self) -> int:
        """Return how many requests were sent, those that failed or are under way included."""
        return sum(share.requests for share in self.by_model().values())

    @property
    def under_way(self) -> int:
        """Return how many of them have not ended."""
        return sum(share.under_way for share in self.by_model().values())

    @property
    def usage(self) -> Usage:
        """Return the tokens of all of them together."""
        return sum((share.usage for share in self.by_model().values()), Usage())

    @property
    def cost(self) -> Cost | None:
        """Return what all of them cost together; None when nothing of it is known.

        Raises:
            ValueError: They were paid in several currencies: see `by_model`.
        """
        costs = [share.cost for share in self.by_model().values()]
        known = [cost for cost in costs if cost is not None]
        if not known:
            return None if costs else Cost()
        total = sum(known[1:], known[0])
        return total if len(known) == len(costs) else total + None

    # --- the layer, around each request as it is sent

    def __call__(self, request: Request, open: Open, /) -> LayerFlow:
        """Pass the answer on, and take note of it."""
        account = Account(request)
        answers: list[Answer] = []

        def opened(asked: Request) -> Answer:
            answers.append(open(asked))
            return answers[0]

        self._tally.add_up()
        self._tally.sent(request.model_id)
        try:
            yield from watch(request, opened, account)
        finally:
            refused = _is_refused(account)
            usage = Usage() if refused else _used(account)
            terms = _terms_of(answers, usage, request)
            price = partial(
                price_usage,
                usage,
                provider_id=request.provider_id,
                model_id=request.model_id,
                model_name=request.model_name,
                at=account.started / 1e9,
                context=terms,
            )
            self._tally.ended(Ended(request.model_id, usage, Cost if refused else price))


def _is_refused(account: Account) -> bool:
    """Return whether nothing was used: it was answered by an error, or never sent."""
    error = account.error_type
    if error is None or account.first_content is not None or account.fold.usage is not None:
        return False
    return is_refusal(error) or (account.state == "failed" and account.sent is None)


def _used(account: Account) -> Usage | None:
    """Return what a request took that is over, as far as that is known."""
    usage = account.fold.usage
    if account.state == "complete":
        return usage
    return None if usage is None else replace(usage, complete=False)


def _terms_of(
    answers: Sequence[Answer], usage: Usage | None, request: Request
) -> Mapping[str, str]:
    """Return on which terms an answer was given, as far as somebody says so."""
    body: object = None
    if answers:
        source = answers[0].source
        body = source.raw_body()
        if isinstance(body, RawBody):
            said = any(name in body.data for name in _TERMS)
            body = decoded(body.data) if said else None
        if body is None:
            body = [source.decode_raw(event) for event in source.raw_events[-_LAST_EVENTS:]]
    return context_of(None if usage is None else usage.raw, body, request.params.get("extra_body"))


def track() -> Total:
    """Add up what everything in a block uses: ``with llm.track() as total:``.

    Requests are counted as they are sent: those that were made again, and both of a hedge. What
    `llm.cache` answers costs nothing. A stream belongs to the block that it was asked in, wherever
    it is read, and blocks inside of others count for those, too. It is for the task or thread that
    enters it, and for those that are begun in it.
    """
    return Total()
