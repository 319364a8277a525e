"""Both sides of each wire: the codec that asks and reads, the wire that is asked and writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from mirascope.llm.providers.anthropic.codec import AnthropicCodec
from mirascope.llm.providers.bedrock.codec import ConverseCodec
from mirascope.llm.providers.bedrock.invoke import InvokeCodec
from mirascope.llm.providers.codec import Codec, Request
from mirascope.llm.providers.cohere.codec import CohereCodec
from mirascope.llm.providers.google.codec import GoogleCodec
from mirascope.llm.providers.openai.chat import OpenAIChatCodec
from mirascope.llm.providers.openai.responses import OpenAIResponsesCodec
from mirascope.llm.wires import WIRES, Asked, Incoming, Wire


@dataclass(frozen=True)
class Side:
    """One wire from both sides."""

    codec: Codec
    wire: Wire
    model_id: str
    """A model that thinks."""

    def __repr__(self) -> str:
        return self.wire.name

    def read(self, request: Request) -> Asked:
        """Return what the server makes of a request."""
        sent = self.codec.encode(request)
        address = urlsplit(sent.url)
        assert self.wire.takes(address.path)
        body = json.loads(sent.body)
        return self.wire.read(Incoming(path=address.path, query=address.query, body=body))


CHAT, RESPONSES, MESSAGES, GENERATE_CONTENT, COHERE, CONVERSE, INVOKE = WIRES
SIDES = (
    Side(OpenAIChatCodec(), CHAT, "openai/gpt-5-mini"),
    Side(OpenAIResponsesCodec(), RESPONSES, "openai/gpt-5-mini"),
    Side(AnthropicCodec(), MESSAGES, "anthropic/claude-sonnet-4-6"),
    Side(GoogleCodec(), GENERATE_CONTENT, "google/gemini-2.5-flash"),
    Side(CohereCodec(), COHERE, "cohere/command-a-reasoning-08-2025"),
    Side(ConverseCodec(), CONVERSE, "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    Side(InvokeCodec(), INVOKE, "bedrock:anthropic/us.anthropic.claude-sonnet-4-6"),
)
