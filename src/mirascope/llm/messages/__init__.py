"""Messages: what a conversation is made of."""

from mirascope.llm.messages.message import (
    Askable,
    AssistantContent,
    AssistantMessage,
    Message,
    SystemContent,
    SystemMessage,
    UserContent,
    UserMessage,
    assistant,
    is_messages,
    promote_to_messages,
    system,
    user,
)
from mirascope.llm.messages.saving import from_json, message_from_json, to_json

__all__ = [
    "Askable",
    "AssistantContent",
    "AssistantMessage",
    "Message",
    "SystemContent",
    "SystemMessage",
    "UserContent",
    "UserMessage",
    "assistant",
    "from_json",
    "is_messages",
    "message_from_json",
    "promote_to_messages",
    "system",
    "to_json",
    "user",
]
