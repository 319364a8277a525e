"""What every wire does: understand a request, and write the answer as its vendor does."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from mirascope._wire.json_values import JsonObject
from mirascope.llm.responses.chunks import Event
from mirascope.llm.responses.fold import Fold, fold
from mirascope.llm.wires.asked import Asked
from mirascope.llm.wires.writer import Ending, Frame, Writer

__all__ = [
    "CREATED",
    "Incoming",
    "InvalidRequest",
    "Wire",
    "compact",
    "failure_of",
    "sse",
]

CREATED = 1767225600
"""When every answer was made, in seconds: 2026-01-01, since a wire knows no clock."""


class InvalidRequest(Exception):
    """The vendor would refuse this request with status 400."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """An HTTP request, its body decoded."""

    path: str
    query: str
    body: JsonObject


class Wire(ABC):
    """One wire. It has no state: what there is about an answer is in its events and its number."""

    name: ClassVar[str]
    request_id_header: ClassVar[str | None] = None
    overloaded: ClassVar[str]
    """What the vendor calls being overloaded."""

    @abstractmethod
    def takes(self, path: str) -> bool:
        """Tell whether a request to `path` is for this wire."""

    @abstractmethod
    def read(self, incoming: Incoming) -> Asked:
        """Return what is asked for.

        Raises:
            InvalidRequest: Something that the vendor insists on is missing.
        """

    @abstractmethod
    def writer(self, asked: Asked, number: int, ending: Ending | None = None) -> Writer:
        """Return what writes one streamed answer, event by event; see `Writer`."""

    def frames(
        self, events: Iterable[Event], asked: Asked, number: int, ending: Ending | None = None
    ) -> Iterator[Frame]:
        """Yield an answer as a stream's events, as soon as ours come."""
        writer = self.writer(asked, number, ending)
        for event in events:
            yield from writer.feed(event)
        yield from writer.close()

    def body(
        self, events: Iterable[Event], asked: Asked, number: int, ending: Ending | None = None
    ) -> bytes:
        """Return the whole answer; `number` tells it from the others.

        Raises:
            BaseException: What ended the answer, when it is not complete: that is no answer but an
                `error`.
            ValueError: Nothing tells why it is not complete.
        """
        answer = fold(events)
        if answer.state != "complete":
            raise answer.error or ValueError(f"The answer is not complete but {answer.state}.")
        return self.whole(answer, asked, number, ending or Ending())

    @abstractmethod
    def whole(self, answer: Fold, asked: Asked, number: int, ending: Ending) -> bytes:
        """Return the body of an answer that is complete."""

    @abstractmethod
    def error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return the body of an error; without `code` it has the vendor's usual name."""

    @abstractmethod
    def stream_error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return the event, or events, that end a stream with an error."""

    def kept_as(self, asked: Asked, number: int) -> str | None:
        """Return the id under which the vendor keeps an answer's stream; None where it does not."""
        return None

    def asked_again(self, incoming: Incoming) -> tuple[str, int] | None:
        """Return which kept stream is asked for, and how many of its events to leave out.

        Args:
            incoming: A request without a body.

        Returns:
            The id and the number; None where it asks for something else.
        """
        return None

    def malformed(self) -> bytes:
        """Return an event that is framed well but holds no JSON."""
        return sse('{"unfinished": ')

    def content_type(self, asked: Asked, *, failed: bool) -> str:
        """Return the type that the vendor gives an answer."""
        streamed = asked.stream and not failed
        return "text/event-stream; charset=utf-8" if streamed else "application/json"


def failure_of(error: BaseException | None) -> tuple[int, str]:
    """Return the HTTP status that an error stands for, and what it says.

    Without any hint of a status, it is the server's fault.
    """
    message = str(error) if error is not None else ""
    message = message or "The answer ended before it was whole."
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and 400 <= status < 600:
        return status, message
    return 504 if isinstance(error, TimeoutError) else 500, message


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


def compact(value: object) -> str:
    """Write JSON as the vendors do: no spaces, and letters as themselves."""
    return _ENCODER.encode(value)


def sse(data: str, *, event: str = "", end: str = "\n") -> bytes:
    """Frame a server-sent event."""
    name = f"event: {event}{end}" if event else ""
    return f"{name}data: {data}{end}{end}".encode()
