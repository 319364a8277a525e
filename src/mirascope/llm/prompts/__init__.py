"""Prompts: functions whose return value can be sent to any model."""

from mirascope.llm.prompts import _utils
from mirascope.llm.prompts.decorator import PromptDecorator, prompt
from mirascope.llm.prompts.prompts import (
    AsyncContextPrompt,
    AsyncPrompt,
    ContextPrompt,
    Prompt,
)
from mirascope.llm.prompts.protocols import (
    AsyncContextMessageTemplate,
    AsyncMessageTemplate,
    ContextMessageTemplate,
    MessageTemplate,
)

__all__ = [
    "AsyncContextMessageTemplate",
    "AsyncContextPrompt",
    "AsyncMessageTemplate",
    "AsyncPrompt",
    "ContextMessageTemplate",
    "ContextPrompt",
    "MessageTemplate",
    "Prompt",
    "PromptDecorator",
    "_utils",
    "prompt",
]
