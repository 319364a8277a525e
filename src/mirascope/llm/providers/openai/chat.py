"""The Chat Completions wire, of OpenAI and of everybody who copied it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mirascope._wire.sse import SSE
from mirascope.llm.formatting import FormattingMode
from mirascope.llm.providers.capabilities import Capabilities, known
from mirascope.llm.providers.codec import (
    Codec,
    Continuation,
    Decoder,
    ErrorInfo,
    Framing,
    Request,
)
from mirascope.llm.providers.openai.chat_decode import ChatDecoder
from mirascope.llm.providers.openai.chat_encode import encode_chat
from mirascope.llm.providers.openai.errors import http_error
from mirascope.llm.providers.openai.models import wire_name
from mirascope.llm.providers.openai.quirks import OPENAI, ChatQuirks
from mirascope.llm.providers.openai.tools import enforces
from mirascope.llm.transport.http import HttpRequest

__all__ = ["OpenAIChatCodec"]


class OpenAIChatCodec(Codec):
    """Chat Completions; a family of servers shares one instance."""

    id: ClassVar[str] = "openai-chat"

    def __init__(self, quirks: ChatQuirks = OPENAI) -> None:
        """Speak the wire as the server does that `quirks` describe."""
        self._quirks = quirks

    def default_mode(self, request: Request) -> FormattingMode:
        """Return ``strict`` for models known to follow schemas, otherwise ``tool``.

        Where there are no tools, or none that has to be called, it is ``json``.
        """
        can = known(request, self.knows(request.model_name))
        if can.json_schema:
            return "strict"
        return "json" if can.tools is False or not self._quirks.forced_calls else "tool"

    def knows(self, model_name: str) -> Capabilities:
        """Return what the server's model of this name can do; see `Codec.knows`."""
        return self._quirks.capabilities(wire_name(model_name))

    def enforces(self, request: Request, schema: Mapping[str, object]) -> bool:
        """Return whether `schema` has a strict form; see `Codec.enforces`."""
        return enforces(schema, known(request, self.knows(request.model_name)))

    def continuation(self, request: Request) -> Continuation:
        """Return ``echo`` for servers that take a prefix; see `Codec.continuation`."""
        if self._quirks.prefix and request.format is None:
            return "echo"
        return super().continuation(request)

    def encode(self, request: Request) -> HttpRequest:
        """Return the request; see `Codec.encode`."""
        return encode_chat(request, self._quirks)

    def framing(self) -> Framing:
        """Return the framing of server-sent events."""
        return SSE()

    def decoder(self, request: Request) -> Decoder:
        """Return a new decoder."""
        return ChatDecoder(request, done_alone=self._quirks.done_alone)

    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorInfo:
        """Read an answer with an error status."""
        return http_error(status, body)

    def provider_model_name(self, request: Request) -> str:
        """Return the name with the API mode, where the vendor has several."""
        return wire_name(request.model_name) + self._quirks.mode_suffix
