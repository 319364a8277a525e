"""Claude on Bedrock by the Messages wire, through InvokeModel.

The body is that of Anthropic, but that the model is in the path, betas are in the body, and whether
the answer streams is another operation. A stream is Anthropic's events, each in base64 in a frame:
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
(2026-01).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import msgspec

from mirascope._wire.errors import FrameError
from mirascope._wire.eventstream import EventStream
from mirascope.llm.providers.anthropic.codec import AnthropicCodec
from mirascope.llm.providers.anthropic.decode import AnthropicDecoder
from mirascope.llm.providers.bedrock.encode import STREAM_TYPE, count_path, model_path
from mirascope.llm.providers.bedrock.errors import is_failure, read_error, read_failure
from mirascope.llm.providers.codec import Decoder, ErrorInfo, Framing, Request, WireEvent
from mirascope.llm.providers.encoding import unsupported
from mirascope.llm.responses.chunks import StreamResponseChunk
from mirascope.llm.transport.http import HttpRequest

__all__ = ["InvokeCodec", "InvokeDecoder"]

_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])


class _Chunk(msgspec.Struct):
    bytes: str = ""


_CHUNK = msgspec.json.Decoder(_Chunk)


class _Chunks:
    """Framing of the stream: frames, and an event of Anthropic's in each."""

    def __init__(self) -> None:
        self._frames = EventStream()

    def feed(self, data: bytes) -> list[WireEvent]:
        """Return the events that `data` completes.

        Raises:
            FrameError: The bytes are no frames, or there is no event in one.
        """
        return [_event(frame) for frame in self._frames.feed(data)]

    def close(self) -> list[WireEvent]:
        """Return nothing; see `EventStream.close`."""
        return self._frames.close()


def _event(frame: WireEvent) -> WireEvent:
    name, payload = frame
    if name != "chunk":
        return frame
    try:
        return "", base64.b64decode(_CHUNK.decode(payload).bytes, validate=True)
    except (ValueError, RecursionError):
        raise FrameError("a frame of the stream has no event in it") from None


class InvokeDecoder(AnthropicDecoder):
    """Decodes Anthropic's events, and the exceptions that AWS has beside them."""

    def feed(self, event: WireEvent) -> list[StreamResponseChunk]:
        """Return the chunks of one event; see `Decoder.feed`."""
        name, data = event
        if is_failure(name):
            raise self._failure(read_failure(name, data))
        return super().feed(("", data))


class InvokeCodec(AnthropicCodec):
    """The Messages wire in AWS's frames."""

    id: ClassVar[str] = "bedrock:anthropic"

    def encode(self, request: Request) -> HttpRequest:
        """Return the request; see `Codec.encode`.

        Raises:
            FeatureNotSupportedError: Also for tools that Anthropic's own servers run.
        """
        for name in request.toolkit.provider_tools_dict:
            raise unsupported(request, f"Provider tool {name}")
        asked = super().encode(request)
        fields = _FIELDS.decode(asked.body)
        for name in ("model", "stream"):
            fields.pop(name, None)
        headers = dict(asked.headers)
        for name in ("anthropic-version", "anthropic-beta"):
            headers.pop(name, None)
        own: dict[str, object] = {"anthropic_version": "bedrock-2023-05-31"}
        if betas := asked.headers.get("anthropic-beta"):
            own["anthropic_beta"] = betas.split(",")
        operation = "invoke"
        if request.stream:
            operation = "invoke-with-response-stream"
            headers["accept"] = STREAM_TYPE
        return HttpRequest(
            url=model_path(request.model_name, operation),
            headers=headers,
            body=msgspec.json.encode({**own, **fields}),
        )

    def encode_count(self, request: Request) -> HttpRequest:
        """Return the request for a count; see `ConverseCodec.encode_count`."""
        asked = self.encode(request)
        body = base64.b64encode(asked.body).decode()
        return replace(
            asked,
            url=count_path(request.model_name),
            body=msgspec.json.encode({"input": {"invokeModel": {"body": body}}}),
        )

    def framing(self) -> Framing:
        """Return a new framing: events in AWS's frames."""
        return _Chunks()

    def decoder(self, request: Request) -> Decoder:
        """Return a new decoder."""
        return InvokeDecoder(request)

    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorInfo:
        """Read an answer with an error status; see `Codec.error`."""
        return read_error(body, status, headers)
