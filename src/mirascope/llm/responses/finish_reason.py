"""Why an answer ended, when it did not end normally."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

__all__ = ["FinishReason", "FinishReasonChunk"]


class FinishReason(StrEnum):
    """Abnormal ends only; a normal end, tool calls included, has no finish reason."""

    MAX_TOKENS = "max_tokens"
    """The limit on generated tokens was reached."""
    REFUSAL = "refusal"
    """The model declined, or a filter stopped it."""
    CONTEXT_LENGTH_EXCEEDED = "context_length_exceeded"
    """The conversation does not fit the model's context."""


@dataclass(kw_only=True, slots=True)
class FinishReasonChunk:
    """The answer ended abnormally; no content follows."""

    type: Literal["finish_reason_chunk"] = "finish_reason_chunk"
    finish_reason: FinishReason
