"""Google's generateContent API, as the Gemini API and Vertex AI have it.

https://ai.google.dev/api/generate-content (2025-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import msgspec

from mirascope.llm.formatting import FormattingMode
from mirascope.llm.providers.codec import Codec, Decoder, ErrorInfo, Framing, Request
from mirascope.llm.providers.encoding import json_fields
from mirascope.llm.providers.google.decode import GoogleDecoder
from mirascope.llm.providers.google.encode import encode
from mirascope.llm.providers.google.errors import read_error
from mirascope.llm.providers.google.framing import SSEOrJSON
from mirascope.llm.providers.google.models import Capabilities, capabilities
from mirascope.llm.providers.google.quirks import GEMINI_API, GoogleQuirks
from mirascope.llm.providers.google.schemas import is_openapi
from mirascope.llm.transport.http import HttpRequest

__all__ = ["GoogleCodec"]


class GoogleCodec(Codec):
    """The generateContent wire."""

    id: ClassVar[str] = "google"

    def __init__(self, quirks: GoogleQuirks = GEMINI_API) -> None:
        """Speak the wire as the server does that `quirks` describe."""
        self._quirks = quirks

    def default_mode(self, request: Request) -> FormattingMode:
        """Return ``strict``, or ``tool`` where tools and a schema exclude each other."""
        if request.toolkit.tools and not capabilities(request.model_name).schema_with_tools:
            return "tool"
        return "strict"

    def knows(self, model_name: str) -> Capabilities:
        """Return what the model of this name can do; see `Codec.knows`."""
        return capabilities(model_name)

    def enforces(self, request: Request, schema: Mapping[str, object]) -> bool:
        """Return whether `schema` can be enforced; see `Codec.enforces`."""
        return capabilities(request.model_name).whole_schemas or is_openapi(schema)

    def encode(self, request: Request) -> HttpRequest:
        """Return the request; see `Codec.encode`."""
        return encode(request, self._quirks)

    def encode_count(self, request: Request) -> HttpRequest:
        """Return the request for a count; see `Codec.encode_count`.

        https://ai.google.dev/api/tokens and
        https://cloud.google.com/vertex-ai/docs/reference/rest/v1/CountTokensRequest (2026-01).
        """
        path = self._quirks.path(request.model_name)
        asked = self.encode(request)
        fields: dict[str, object]
        if self._quirks.counts_whole:
            whole = {"model": path.removeprefix("/v1beta/"), **json_fields(asked.body)}
            fields = {"generateContentRequest": whole}
        else:
            names = ("contents", "systemInstruction", "tools", "generationConfig")
            fields = {**json_fields(asked.body, *names)}
        return replace(asked, url=f"{path}:countTokens", body=msgspec.json.encode(fields))

    def framing(self) -> Framing:
        """Return a new framing: server-sent events, or JSON where there should be some."""
        return SSEOrJSON()

    def decoder(self, request: Request) -> Decoder:
        """Return a new decoder."""
        return GoogleDecoder(request)

    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorInfo:
        """Read an answer with an error status; see `Codec.error`."""
        return read_error(body, status)
