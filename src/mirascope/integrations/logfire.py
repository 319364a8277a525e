"""Traces of calls with Pydantic Logfire."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from mirascope._install import needs

from .report import attributes, conversation, output, response_of, tracing

with needs("logfire", "`mirascope.integrations.logfire` needs the library of that name"):
    import logfire

__all__ = ["with_logfire"]

_CallT = TypeVar("_CallT", bound=Callable[..., Any])
_logfire = logfire.with_settings(custom_scope_suffix="mirascope", tags=["llm"])


def with_logfire() -> Callable[[_CallT], _CallT]:
    """Make a decorator that traces calls with Logfire; it stands above the call decorator.

    Each call is a span of the function's name. A stream's span ends with its loop. Call
    `logfire.configure()` first, as for every use of Logfire.
    """
    return tracing(_span, _record)


def _span(fn: Callable[..., Any]) -> AbstractContextManager[logfire.LogfireSpan]:
    return _logfire.span("{function}", _span_name=fn.__name__, function=fn.__name__)


def _record(result: Any, span: logfire.LogfireSpan) -> None:
    described = attributes(result)
    response = response_of(result)
    if response is not None:
        # Logfire's pages show a conversation where these two are.
        described["request_data"] = {
            "model": described.get("gen_ai.request.model"),
            "messages": conversation(response),
        }
        described["response_data"] = {"message": output(response)}
    span.set_attributes(described)
