"""What people are shown of things and addresses: one line, no secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from reprlib import Repr
from typing import Any, get_origin
from urllib.parse import urlsplit

__all__ = ["address_shown", "named", "params_shown", "shown"]

LONGEST = 200
"""A line that is longer is cut, in characters."""

# Values may be keys and whatever else a vendor takes.
_SECRET = {"extra_body", "extra_headers"}

_short = Repr()
_short.maxstring = _short.maxother = 60


def shown(owner: object, parts: Iterable[str]) -> str:
    """Return how `owner` looks: its class and the parts, on one line and not too long."""
    text = " ".join(f"{type(owner).__name__}({', '.join(parts)})".splitlines())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 4]}...)"


def named(value: Any) -> str:
    """Return what to call a value: its name, for classes, functions and what is made of them."""
    # The name of `list[Book]` is "list".
    name = getattr(value, "__name__", None) if get_origin(value) is None else None
    return name if isinstance(name, str) else _short.repr(value)


def params_shown(params: Mapping[str, object]) -> list[str]:
    """Return the parameters of a model as they are given, but for what may be secret."""
    return [
        f"{name}=..." if name in _SECRET else f"{name}={_short.repr(value)}"
        for name, value in params.items()
    ]


def address_shown(url: str) -> str:
    """Return an address for people to read: without user, password, query and fragment.

    What lacks a scheme or a host is "no address": nobody knows where in it a secret begins or ends.
    """
    with suppress(ValueError):
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        if parts.scheme and host:
            return f"{parts.scheme}://{host}{parts.path}"
    return "no address"
