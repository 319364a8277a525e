"""Calls: prompts with a model."""

from mirascope.llm.calls.calls import AsyncCall, AsyncContextCall, Call, CallT, ContextCall
from mirascope.llm.calls.decorator import CallDecorator, call

__all__ = [
    "AsyncCall",
    "AsyncContextCall",
    "Call",
    "CallDecorator",
    "CallT",
    "ContextCall",
    "call",
]
