"""Bedrock's Converse API, one wire for the models of every vendor that AWS serves.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (2026-01).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import msgspec

from mirascope._wire.eventstream import EventStream
from mirascope.llm.formatting import FormattingMode
from mirascope.llm.providers.anthropic.schemas import strict_schema
from mirascope.llm.providers.bedrock.decode import ConverseDecoder
from mirascope.llm.providers.bedrock.encode import count_path, encode
from mirascope.llm.providers.bedrock.errors import read_error
from mirascope.llm.providers.bedrock.messages import recorded_name
from mirascope.llm.providers.bedrock.models import Capabilities, capabilities
from mirascope.llm.providers.capabilities import known, settled
from mirascope.llm.providers.codec import Codec, Continuation, Decoder, ErrorInfo, Framing, Request
from mirascope.llm.providers.encoding import json_fields
from mirascope.llm.transport.http import HttpRequest

__all__ = ["ConverseCodec"]


class ConverseCodec(Codec):
    """The Converse wire."""

    id: ClassVar[str] = "bedrock"

    def default_mode(self, request: Request) -> FormattingMode:
        """Return ``strict`` for models that can enforce a schema."""
        return "strict" if known(request, self.knows(request.model_name)).strict else "tool"

    def knows(self, model_name: str) -> Capabilities:
        """Return what the model of this name can do; see `Codec.knows`."""
        return capabilities(model_name)

    def enforces(self, request: Request, schema: Mapping[str, object]) -> bool:
        """Return whether `schema` can be enforced; see `Codec.enforces`."""
        can = known(request, self.knows(request.model_name))
        return not can.strict or strict_schema(schema) is not None

    def continuation(self, request: Request) -> Continuation:
        """Return ``prefix`` for the Claude models that take one; see `Codec.continuation`."""
        if request.format is not None and request.format.mode != "json":
            return "again"
        claude = capabilities(request.model_name).claude
        thinking = request.params.get("thinking")
        thinks = thinking is not None and thinking["level"] != "none"
        return "prefix" if claude is not None and claude.prefill and not thinks else "turn"

    def encode(self, request: Request) -> HttpRequest:
        """Return the request; see `Codec.encode`."""
        return encode(request, settled(request, self.knows(request.model_name)))

    def encode_count(self, request: Request) -> HttpRequest:
        """Return the request for a count; see `Codec.encode_count`.

        https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
        (2026-01).
        """
        asked = self.encode(request)
        names = ("messages", "system", "toolConfig", "additionalModelRequestFields")
        return replace(
            asked,
            url=count_path(request.model_name),
            body=msgspec.json.encode({"input": {"converse": json_fields(asked.body, *names)}}),
        )

    def framing(self) -> Framing:
        """Return a new framing: AWS event streams."""
        return EventStream()

    def decoder(self, request: Request) -> Decoder:
        """Return a new decoder."""
        return ConverseDecoder(request)

    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorInfo:
        """Read an answer with an error status; see `Codec.error`."""
        return read_error(body, status, headers)

    def provider_model_name(self, request: Request) -> str:
        """Return the name recorded on messages; see `Codec.provider_model_name`."""
        return recorded_name(request.model_name)
