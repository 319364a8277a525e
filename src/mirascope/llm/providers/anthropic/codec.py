"""Anthropic's Messages API, and the servers that speak its wire.

https://docs.claude.com/en/api/messages (2025-11). Betas are headers and fields of this one codec.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import msgspec

from mirascope._wire.sse import SSE
from mirascope.llm.formatting import FormattingMode
from mirascope.llm.providers.anthropic.decode import AnthropicDecoder
from mirascope.llm.providers.anthropic.encode import encode
from mirascope.llm.providers.anthropic.errors import read_error
from mirascope.llm.providers.anthropic.models import Capabilities, capabilities
from mirascope.llm.providers.anthropic.schemas import strict_schema
from mirascope.llm.providers.capabilities import known, settled
from mirascope.llm.providers.codec import Codec, Continuation, Decoder, ErrorInfo, Framing, Request
from mirascope.llm.providers.encoding import json_fields
from mirascope.llm.transport.http import HttpRequest

__all__ = ["COUNTED", "AnthropicCodec"]

COUNTED = ("model", "messages", "system", "tools", "tool_choice", "thinking", "output_config")
"""What of a request counts."""


class AnthropicCodec(Codec):
    """The Messages wire."""

    id: ClassVar[str] = "anthropic"

    def __init__(self, *, enforces_schemas: bool = True) -> None:
        """Speak the wire.

        Args:
            enforces_schemas: Whether the server does so with every model that Anthropic's own does
                it with; otherwise a schema is only enforced where the caller asks for that.
        """
        self._enforces_schemas = enforces_schemas

    def default_mode(self, request: Request) -> FormattingMode:
        """Return ``strict`` for models that can enforce a schema."""
        return "strict" if known(request, self.knows(request.model_name)).strict else "tool"

    def knows(self, model_name: str) -> Capabilities:
        """Return what the model of this name can do; see `Codec.knows`."""
        can = capabilities(model_name)
        return can if self._enforces_schemas else replace(can, json_schema=None)

    def enforces(self, request: Request, schema: Mapping[str, object]) -> bool:
        """Return whether `schema` can be enforced; see `Codec.enforces`."""
        can = known(request, self.knows(request.model_name))
        return can.json_schema is False or strict_schema(schema) is not None

    def continuation(self, request: Request) -> Continuation:
        """Return ``prefix`` for models that take one; see `Codec.continuation`.

        Not with thinking, nor with a schema to keep to:
        https://docs.claude.com/en/docs/build-with-claude/extended-thinking#feature-compatibility
        and /structured-outputs (2026-01).
        """
        if request.format is not None and request.format.mode != "json":
            return "again"
        thinking = request.params.get("thinking")
        thinks = thinking is not None and thinking["level"] != "none"
        takes_prefix = self.knows(request.model_name).prefill and not thinks
        return "prefix" if takes_prefix else "turn"

    def encode(self, request: Request) -> HttpRequest:
        """Return the request; see `Codec.encode`."""
        return encode(request, settled(request, self.knows(request.model_name)))

    def encode_count(self, request: Request) -> HttpRequest:
        """Return the request for a count; see `Codec.encode_count`.

        https://docs.claude.com/en/api/messages-count-tokens (2026-01), which takes no parameters.
        """
        asked = self.encode(request)
        fields = json_fields(asked.body, *COUNTED)
        return replace(asked, url=f"{asked.url}/count_tokens", body=msgspec.json.encode(fields))

    def framing(self) -> Framing:
        """Return a new framing: named server-sent events."""
        return SSE()

    def decoder(self, request: Request) -> Decoder:
        """Return a new decoder."""
        return AnthropicDecoder(request)

    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorInfo:
        """Read an answer with an error status; see `Codec.error`."""
        return read_error(body, status)
