"""The wire of OpenAI's Responses API, and of xAI's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import msgspec

from mirascope._wire.sse import SSE
from mirascope.llm.formatting import FormattingMode
from mirascope.llm.providers.capabilities import Capabilities, known
from mirascope.llm.providers.codec import Codec, Decoder, ErrorInfo, Framing, Request
from mirascope.llm.providers.encoding import json_fields, json_headers
from mirascope.llm.providers.openai.errors import http_error
from mirascope.llm.providers.openai.models import wire_name
from mirascope.llm.providers.openai.quirks import OPENAI_RESPONSES, ResponsesQuirks
from mirascope.llm.providers.openai.responses_decode import ResponsesDecoder
from mirascope.llm.providers.openai.responses_encode import encode_responses
from mirascope.llm.providers.openai.tools import enforces
from mirascope.llm.transport.http import HttpRequest

__all__ = ["OpenAIResponsesCodec"]

_COUNTED = (
    *("model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "text"),
    *("reasoning", "conversation", "previous_response_id", "truncation"),
)
"""What of a request counts; it takes no other fields."""


class OpenAIResponsesCodec(Codec):
    """The Responses API; a family of servers shares one instance."""

    id: ClassVar[str] = "openai-responses"

    def __init__(self, quirks: ResponsesQuirks = OPENAI_RESPONSES) -> None:
        """Speak the wire as the server does that `quirks` describe."""
        self._quirks = quirks

    def default_mode(self, request: Request) -> FormattingMode:
        """Return ``strict``, unless the model is known not to follow schemas."""
        can = known(request, self.knows(request.model_name))
        return "tool" if can.json_schema is False else "strict"

    def knows(self, model_name: str) -> Capabilities:
        """Return what the server's model of this name can do; see `Codec.knows`."""
        return self._quirks.capabilities(wire_name(model_name))

    def enforces(self, request: Request, schema: Mapping[str, object]) -> bool:
        """Return whether `schema` has a strict form; see `Codec.enforces`."""
        return enforces(schema, known(request, self.knows(request.model_name)))

    def encode(self, request: Request) -> HttpRequest:
        """Return the request; see `Codec.encode`."""
        return encode_responses(request, self._quirks)

    def encode_rest(self, request: Request, decoder: Decoder) -> HttpRequest | None:
        """Return the request for what follows the last event, of an answer in the background."""
        if not isinstance(decoder, ResponsesDecoder):
            return None
        id, position = decoder.response_id, decoder.position
        if id is None or position is None:
            return None
        headers = json_headers(request.params)
        url = f"/responses/{id}?stream=true&starting_after={position}"
        return HttpRequest(method="GET", url=url, headers=headers)

    def encode_count(self, request: Request) -> HttpRequest:
        """Return the request for a count; see `Codec.encode_count`.

        https://platform.openai.com/docs/api-reference/responses/input-tokens (2025-12).
        """
        if not self._quirks.counts:
            return super().encode_count(request)
        asked = self.encode(request)
        fields = json_fields(asked.body, *_COUNTED)
        return replace(asked, url=f"{asked.url}/input_tokens", body=msgspec.json.encode(fields))

    def framing(self) -> Framing:
        """Return the framing of server-sent events."""
        return SSE()

    def decoder(self, request: Request) -> Decoder:
        """Return a new decoder."""
        return ResponsesDecoder(request)

    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorInfo:
        """Read an answer with an error status."""
        return http_error(status, body)

    def provider_model_name(self, request: Request) -> str:
        """Return the name with the API mode."""
        return wire_name(request.model_name) + self._quirks.mode_suffix
