"""One record in the log for each request, without a word of what was said in it."""

from __future__ import annotations

import logging
from functools import partial

from mirascope.llm.layering.account import Account, watch
from mirascope.llm.layering.answer import Open
from mirascope.llm.layering.layer import LayerFlow
from mirascope.llm.layering.request import Request

__all__ = ["log_request"]

_logger = logging.getLogger("mirascope.llm.requests")


def log_request(request: Request, open: Open, /) -> LayerFlow:
    """Log what came of a request: a layer that stands around every one while somebody listens."""
    account = Account(request)
    try:
        yield from watch(request, open, account)
    finally:
        _log(account)


def _log(account: Account) -> None:
    facts = _facts(account)
    text = "%(model)s %(state)s in %(duration).3f s"
    if account.request.stream and account.first_content is not None:
        text += " (first content after %(first_content).3f s)"
    if "input_tokens" in facts:
        text += ", %(input_tokens)d + %(output_tokens)d tokens"
    if "error" in facts:
        text += ", %(error)s"
    text += ", request %(request_id)s"
    say = partial(_logger.info, text, facts, extra={"llm": facts})
    if (asked_in := account.request.asked_in) is None:
        say()
    else:  # where the span of the request is the current one, for who joins logs and traces
        asked_in.copy().run(say)


def _facts(account: Account) -> dict[str, object]:
    """Return what the record says; what is not known is not there."""
    request, fold, sent = account.request, account.fold, account.sent
    usage = fold.usage
    facts: dict[str, object | None] = {
        "request_id": request.id,
        "vendor_request_id": sent and sent.request_id,
        "model": fold.message.model_id or request.model_id,
        "asked": request.model_id,
        "provider": fold.message.provider_id or request.provider_id,
        "streamed": request.stream,
        "state": account.state,
        "error": account.error_type and account.error_type.__name__,
        "finish_reason": fold.finish_reason and str(fold.finish_reason),
        "duration": account.duration,
        "first_content": account.first_content,
        "seconds_per_token": account.seconds_per_token,
        "attempts": len(fold.attempts) or None,
        "seams": len(account.seams) or None,
        "cached_at": fold.cached_at,
        "host": sent and sent.host,
        "status": sent and sent.status,
    }
    if usage is not None:
        facts |= {
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cache_read_tokens": usage.cache_read_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
            "reasoning_tokens": usage.reasoning_tokens,
        }
    return {name: value for name, value in facts.items() if value is not None}
