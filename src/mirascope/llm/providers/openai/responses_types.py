"""The Responses API on the wire: what is read of an answer.

https://platform.openai.com/docs/api-reference/responses-streaming (2025-12). Items are read as
plain objects, for they are sent back as they came.
"""

from __future__ import annotations

import msgspec

from mirascope._wire.json_values import JsonObject

__all__ = ["Event", "IncompleteDetails", "ResponseBody", "ResponseHead"]


class Event(msgspec.Struct, gc=False):
    """Any event of a stream. Which fields are there depends on `type`."""

    type: str = ""
    delta: object = None
    output_index: int | None = None
    """The place of the item it is about; llama.cpp leaves it out."""
    item_id: str | None = None
    """Not to be relied on: GitHub Copilot makes up a new one for every event."""
    content_index: int | None = None
    summary_index: int | None = None
    item: JsonObject | None = None
    annotation: object = None
    partial_image_b64: object = None
    text: object = None
    refusal: object = None
    arguments: object = None
    response: msgspec.Raw = msgspec.Raw()
    """Read only at the end; the first events repeat the whole request in it."""
    error: object = None
    code: object = None
    message: object = None
    sequence_number: object = None
    """Counts the events, from 0 or 1."""


class IncompleteDetails(msgspec.Struct, gc=False):
    """Why an answer is not whole."""

    reason: str | None = None


class ResponseHead(msgspec.Struct, gc=False):
    """What a stream's first event says of the answer."""

    id: object = None


class ResponseBody(msgspec.Struct, gc=False):
    """A whole answer, or the state of one in a stream's last event."""

    status: str | None = None
    output: list[JsonObject] | None = None
    usage: JsonObject | None = None
    incomplete_details: IncompleteDetails | None = None
    error: object = None
