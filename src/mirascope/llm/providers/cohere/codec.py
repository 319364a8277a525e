"""Cohere's Chat API, version 2: https://docs.cohere.com/v2/reference/chat (2025-12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mirascope._wire.sse import SSE
from mirascope.llm.formatting import FormattingMode
from mirascope.llm.providers.capabilities import known
from mirascope.llm.providers.codec import Codec, Decoder, ErrorInfo, Framing, Request
from mirascope.llm.providers.cohere.decode import CohereDecoder
from mirascope.llm.providers.cohere.encode import encode
from mirascope.llm.providers.cohere.errors import read_error
from mirascope.llm.providers.cohere.models import Capabilities, capabilities
from mirascope.llm.providers.cohere.schemas import strict_schema
from mirascope.llm.transport.http import HttpRequest

__all__ = ["CohereCodec"]


class CohereCodec(Codec):
    """The Chat wire."""

    id: ClassVar[str] = "cohere"

    def default_mode(self, request: Request) -> FormattingMode:
        """Return ``strict``, but ``tool`` where there are tools, beside which it is refused."""
        strict = (
            known(request, self.knows(request.model_name)).formats and not request.toolkit.tools
        )
        return "strict" if strict else "tool"

    def knows(self, model_name: str) -> Capabilities:
        """Return what the model of this name can do; see `Codec.knows`."""
        return capabilities(model_name)

    def enforces(self, request: Request, schema: Mapping[str, object]) -> bool:
        """Return whether `schema` can be enforced; see `Codec.enforces`."""
        return (
            not known(request, self.knows(request.model_name)).formats
            or strict_schema(schema) is not None
        )

    def encode(self, request: Request) -> HttpRequest:
        """Return the request; see `Codec.encode`."""
        return encode(request)

    def framing(self) -> Framing:
        """Return a new framing: named server-sent events."""
        return SSE()

    def decoder(self, request: Request) -> Decoder:
        """Return a new decoder."""
        return CohereDecoder(request)

    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorInfo:
        """Read an answer with an error status; see `Codec.error`."""
        return read_error(body, status)
