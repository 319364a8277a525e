"""The argument ``--option``: parameters, from the text that was typed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, cast, get_args

from mirascope.llm.cli.exits import UsageError
from mirascope.llm.models.parameters import check_parameters
from mirascope.llm.types.params import Params, ThinkingLevel

__all__ = ["EXTRA", "OPTIONS", "read_params"]

OPTIONS = (
    "max_tokens",
    "seed",
    "stop_sequences",
    "temperature",
    "thinking",
    "tool_choice",
    "top_k",
    "top_p",
)
"""The parameters that can be given by name."""

EXTRA = "extra_body."
"""What stands before a parameter that only one vendor has."""

_NUMBERS: dict[str, type[int] | type[float]] = {
    "max_tokens": int,
    "seed": int,
    "temperature": float,
    "top_k": int,
    "top_p": float,
}


def read_params(pairs: Iterable[Iterable[str]]) -> Params:
    """Return the parameters for pairs of a name and a text; a later one replaces an earlier one.

    Only stop sequences add up. The value of an ``extra_body.NAME`` is JSON, or else text.

    Raises:
        UsageError: A name is not known, or a value does not fit it.
    """
    params: dict[str, Any] = {}  # Any: `Params`, by names found at run time
    for name, text in pairs:
        if name.startswith(EXTRA) and name != EXTRA:
            params.setdefault("extra_body", {})[name.removeprefix(EXTRA)] = _json_or_text(text)
        elif name in OPTIONS:
            value = _value(name, text)
            params[name] = [*params.get(name, ()), *value] if isinstance(value, list) else value
        else:
            raise UsageError(
                f"--option {name}: not known; there are {', '.join(OPTIONS)}, and "
                f"{EXTRA}{name} for a parameter of the vendor's own"
            )
    known = cast("Params", params)
    try:
        check_parameters(known)
    except (ValueError, TypeError) as error:
        raise UsageError(f"--option: {error}") from error
    return known


def _value(name: str, text: str) -> object:
    if (number := _NUMBERS.get(name)) is not None:
        try:
            return number(text)
        except ValueError as error:
            kind = "a whole number" if number is int else "a number"
            raise UsageError(f"--option {name} {text}: expected {kind}") from error
    if name == "thinking":
        if text not in get_args(ThinkingLevel):
            levels = ", ".join(get_args(ThinkingLevel))
            raise UsageError(f"--option thinking {text}: expected one of {levels}")
        return {"level": text}
    return [text] if name == "stop_sequences" else text


def _json_or_text(text: str) -> object:
    try:
        value: object = json.loads(text)
    except ValueError:
        return text
    return value
