"""Ids of calls for servers that take none but their own kind.

Calls keep their ids when a conversation moves from one vendor to another, and where a server gave
none they were made up here. What replaces an id follows from the id alone, so that a call and its
output agree, in every request.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Sequence

from mirascope._wire.json_values import JsonObject, as_objects, as_text

__all__ = ["with_short_ids"]

_LETTERS = string.ascii_letters + string.digits


def with_short_ids(messages: Sequence[JsonObject], length: int) -> list[dict[str, object]]:
    """Return `messages` with ids of `length` letters and digits; those that are so stay."""
    shortened: list[dict[str, object]] = []
    for message in messages:
        short = dict(message)
        if "tool_call_id" in message:
            short["tool_call_id"] = _short(as_text(message["tool_call_id"]), length)
        if calls := as_objects(message.get("tool_calls")):
            short["tool_calls"] = [
                {**call, "id": _short(as_text(call.get("id")), length)} for call in calls
            ]
        shortened.append(short)
    return shortened


def _short(id: str, length: int) -> str:
    if re.fullmatch(rf"[a-zA-Z0-9]{{{length}}}", id):
        return id
    number = int.from_bytes(hashlib.sha256(id.encode("utf-8", "surrogatepass")).digest(), "big")
    letters: list[str] = []
    for _ in range(length):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(letters)
