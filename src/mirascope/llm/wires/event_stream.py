"""Frames of AWS event streams, as the server writes them.

https://smithy.io/2.0/aws/amazon-eventstream.html (2026-01). What reads them is in
`mirascope._wire.eventstream`.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import ClassVar

from mirascope.llm.wires.asked import Asked
from mirascope.llm.wires.wire import Wire, compact, failure_of

__all__ = ["AWSWire", "event_frame", "failure_frame"]

_EVENT_STREAM = "application/vnd.amazon.eventstream"
# https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html (2026-01)
_EXCEPTIONS = {
    400: "validationException",
    401: "unrecognizedClientException",
    403: "accessDeniedException",
    404: "resourceNotFoundException",
    408: "modelTimeoutException",
    429: "throttlingException",
    503: "serviceUnavailableException",
    504: "modelTimeoutException",
}


class AWSWire(Wire):
    """What the wires of Bedrock have in common, whatever the model's own words are."""

    request_id_header: ClassVar[str | None] = "x-amzn-requestid"
    overloaded = "serviceUnavailableException"

    def error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return an error's body; see `Wire.error`."""
        named = {"__type": code} if code else {}
        return compact({**named, "message": message}).encode()

    def stream_error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return an exception; see `Wire.stream_error`."""
        return _exception_frame(status, message, code)

    def content_type(self, asked: Asked, *, failed: bool) -> str:
        """Return the type of an answer; see `Wire.content_type`."""
        return _EVENT_STREAM if asked.stream and not failed else "application/json"


def event_frame(name: str, payload: str) -> bytes:
    """Return an event with JSON in it."""
    said = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
    return _frame(said, payload.encode())


def _exception_frame(status: int, message: str, code: str | None = None) -> bytes:
    """Return the exception that ends a stream; without `code` it is the status's usual one."""
    name = code or _EXCEPTIONS.get(status, "internalServerException")
    said = {
        ":exception-type": name,
        ":content-type": "application/json",
        ":message-type": "exception",
    }
    return _frame(said, compact({"message": message}).encode())


def failure_frame(error: BaseException | None) -> bytes:
    """Return the exception that an error of ours is."""
    return _exception_frame(*failure_of(error))


def _frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    said = b"".join(_counted(name, 1) + b"\x07" + _counted(headers[name], 2) for name in headers)
    length = 12 + len(said) + len(payload) + 4
    frame = length.to_bytes(4, "big") + len(said).to_bytes(4, "big")
    frame += zlib.crc32(frame).to_bytes(4, "big") + said + payload
    return frame + zlib.crc32(frame).to_bytes(4, "big")


def _counted(text: str, size: int) -> bytes:
    data = text.encode()
    return len(data).to_bytes(size, "big") + data
