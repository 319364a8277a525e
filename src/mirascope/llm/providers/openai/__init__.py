"""OpenAI's two wires: Chat Completions, which many servers speak, and the Responses API."""

from __future__ import annotations

from mirascope.llm.providers.openai.chat import OpenAIChatCodec
from mirascope.llm.providers.openai.models import openai_route
from mirascope.llm.providers.openai.quirks import ChatQuirks, ResponsesQuirks
from mirascope.llm.providers.openai.responses import OpenAIResponsesCodec

__all__ = [
    "ChatQuirks",
    "OpenAIChatCodec",
    "OpenAIResponsesCodec",
    "ResponsesQuirks",
    "openai_route",
]
