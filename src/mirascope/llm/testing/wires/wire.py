"""What every wire does: understand a request, and write the answer as its vendor does."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from mirascope._wire.json_values import JsonObject, as_list, as_number, as_object, as_text
from mirascope.llm.testing.conversation import Reply, TurnRequest

__all__ = [
    "CREATED",
    "Frame",
    "Incoming",
    "InvalidRequest",
    "Wire",
    "compact",
    "integer",
    "joined_text",
    "sse",
    "texts_of",
]

CREATED = 1767225600
"""When every answer was made, in seconds: 2026-01-01, since the simulator knows no clock."""


class InvalidRequest(Exception):
    """The vendor would refuse this request with status 400."""


class Frame(NamedTuple):
    """One event of a stream, framed."""

    data: bytes
    content: bool = False
    """Whether it carries text, thoughts or arguments, not bookkeeping."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """An HTTP request, its body decoded."""

    path: str
    query: str
    body: JsonObject


class Wire(ABC):
    """One wire. It has no state: everything about an answer is in the `Reply` and its number."""

    name: ClassVar[str]
    request_id_header: ClassVar[str | None] = None
    overloaded: ClassVar[str]
    """What the vendor calls being overloaded."""

    @abstractmethod
    def takes(self, path: str) -> bool:
        """Tell whether a request to `path` is for this wire."""

    @abstractmethod
    def read(self, incoming: Incoming) -> TurnRequest:
        """Return what is asked for.

        Raises:
            InvalidRequest: Something that the vendor insists on is missing.
        """

    @abstractmethod
    def body(self, reply: Reply, request: TurnRequest, number: int) -> bytes:
        """Return the whole answer; `number` tells it from the others."""

    @abstractmethod
    def frames(self, reply: Reply, request: TurnRequest, number: int) -> Iterator[Frame]:
        """Return the answer as a stream's events, in order."""

    @abstractmethod
    def error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return the body of an error; without `code` it has the vendor's usual name."""

    @abstractmethod
    def stream_error(self, status: int, message: str, code: str, number: int) -> bytes:
        """Return the event, or events, that end a stream with an error."""

    def malformed(self) -> bytes:
        """Return an event that is framed well but holds no JSON."""
        return sse('{"unfinished": ')

    def content_type(self, request: TurnRequest, *, failed: bool) -> str:
        """Return the type that the vendor gives an answer."""
        streamed = request.stream and not failed
        return "text/event-stream; charset=utf-8" if streamed else "application/json"


def compact(value: object) -> str:
    """Write JSON as the vendors do: no spaces, and letters as themselves."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def sse(data: str, *, event: str = "", end: str = "\n") -> bytes:
    """Frame a server-sent event."""
    name = f"event: {event}{end}" if event else ""
    return f"{name}data: {data}{end}{end}".encode()


def texts_of(content: object) -> list[str]:
    """Return the texts of a message: it is one text, or a list of parts some of which have one."""
    if isinstance(content, str):
        return [content]
    return [text for part in as_list(content) if (text := as_text(as_object(part).get("text")))]


def joined_text(content: object) -> str:
    """Return the texts of a message as one."""
    return "\n".join(texts_of(content))


def integer(value: object) -> int | None:
    """Return a number of tokens, None where there is none."""
    number = as_number(value)
    return None if number is None else int(number)
