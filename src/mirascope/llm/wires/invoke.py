"""Claude on AWS Bedrock: Messages through InvokeModel.

The model is in the path, and the events of a stream are in base64, each in a frame of AWS's:
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html
(2026-01).
"""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from urllib.parse import unquote

from mirascope.llm.responses.chunks import AnswerEnd, Event
from mirascope.llm.wires.asked import Asked
from mirascope.llm.wires.event_stream import AWSWire, event_frame, failure_frame
from mirascope.llm.wires.messages import MessagesWire, MessagesWriter
from mirascope.llm.wires.wire import Incoming, InvalidRequest, compact
from mirascope.llm.wires.writer import Ending, Frame, Writer

__all__ = ["InvokeWire"]

_PATH = re.compile(r"/model/(?P<model>[^/]+)/invoke(?P<stream>-with-response-stream)?$")


class InvokeWire(AWSWire, MessagesWire):
    """`POST …/model/{id}/invoke` and `…/invoke-with-response-stream`."""

    name = "invoke"

    def takes(self, path: str) -> bool:
        """Tell whether `path` is that of InvokeModel."""
        return _PATH.search(path) is not None

    def read(self, incoming: Incoming) -> Asked:
        """Return what is asked for; see `Wire.read`."""
        path = _PATH.search(incoming.path)
        if path is None or not incoming.body.get("anthropic_version"):
            raise InvalidRequest("#: required key [anthropic_version] not found")
        for name in ("model", "stream"):
            if name in incoming.body:
                raise InvalidRequest(f"{name}: Extra inputs are not permitted")
        said = {"model": unquote(path["model"]), "stream": path["stream"] is not None}
        asked = super().read(replace(incoming, body={**incoming.body, **said}))
        return replace(asked, body=incoming.body)

    def writer(self, asked: Asked, number: int, ending: Ending | None = None) -> Writer:
        """Return what writes one stream; see `Wire.writer`."""
        return _Writer(asked, number, ending)

    def malformed(self) -> bytes:
        """Return an event without JSON; see `Wire.malformed`."""
        return _chunk(b'{"type":"content_block_delta","delta":')


class _Writer(MessagesWriter):
    """Writes the events of Messages, but for the pings, in frames."""

    def feed(self, event: Event) -> list[Frame]:
        """Return the frames of one event; see `Writer.feed`."""
        frames = super().feed(event)
        if isinstance(event, AnswerEnd) and event.state != "complete":
            return frames
        events = ((frame.data.partition(b"data: ")[2].strip(), frame.content) for frame in frames)
        return [
            Frame(_chunk(data), content) for data, content in events if data != b'{"type":"ping"}'
        ]

    def _fail(self, error: BaseException | None) -> list[Frame]:
        return [Frame(failure_frame(error))]


def _chunk(data: bytes) -> bytes:
    return event_frame("chunk", compact({"bytes": base64.b64encode(data).decode()}))
