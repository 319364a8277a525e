"""Messages: what a conversation is made of."""

from mirascope.llm.messages.message import (
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

__all__ = [
    "AssistantContent",
    "AssistantMessage",
    "Message",
    "SystemContent",
    "SystemMessage",
    "UserContent",
    "UserMessage",
    "assistant",
    "is_messages",
    "promote_to_messages",
    "system",
    "user",
]
