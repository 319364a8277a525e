"""Errors as JSON, and back: what happened and with whom, not where in the program."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any

from mirascope.llm import exceptions as exc

__all__ = ["dump_error", "load_error"]

_DETAILS = ("provider", "model", "status_code", "code", "request_id", "retry_after", "phase")


def dump_error(error: BaseException) -> dict[str, object]:
    """Return what an error says, as JSON values; details that it does not have are left out."""
    form: dict[str, object] = {"type": type(error).__name__, "message": str(error)}
    for name in _DETAILS:
        value = getattr(error, name, None)
        if isinstance(value, (str, int, float)):
            form[name] = value
    return form


def load_error(form: Mapping[str, Any]) -> BaseException:
    """Return the error that `dump_error` wrote.

    A `ProviderError` is of the same class again; so are Python's own that are made of a text. Any
    other is an `Error` whose text begins with the class's name.

    Raises:
        ValueError: A detail is not what `dump_error` writes.
    """
    for detail in ("type", "message", *_DETAILS):
        value = form.get(detail, "")
        if not isinstance(value, str if detail in ("type", "message") else (str, int, float)):
            raise ValueError(f"error.{detail}: got {type(value).__name__}.")
    name, message = form.get("type", ""), form.get("message", "")
    ours, pythons = getattr(exc, name, None), getattr(builtins, name, None)
    if isinstance(ours, type) and issubclass(ours, exc.ProviderError):
        return _provider_error(ours, message, form)
    if isinstance(pythons, type) and issubclass(pythons, Exception):
        try:
            error = pythons(message)
        except TypeError:  # UnicodeDecodeError, say
            pass
        else:
            if str(error) == message:  # KeyError shows how its text looks in code
                return error
    return exc.Error(message if name == "Error" else f"{name}: {message}")


def _provider_error(
    cls: type[exc.ProviderError], message: str, form: Mapping[str, Any]
) -> exc.ProviderError:
    error = cls(
        message,
        str(form.get("provider", "")),
        model=form.get("model"),
        request_id=form.get("request_id"),
        retry_after=form.get("retry_after"),
    )
    if isinstance(error, exc.APIError):
        error.status_code = form.get("status_code", error.status_code)
        error.code = form.get("code")
    if isinstance(error, exc.TimeoutError) and "phase" in form:
        error.phase = form["phase"]
    return error
