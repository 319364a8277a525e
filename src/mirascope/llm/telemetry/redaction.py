"""What is left of content, when it is captured at all."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Redact", "Redactor"]

Redact: TypeAlias = Callable[[str], str | None]
"""Returns what may be said of a text: what was asked or answered, a thought, the arguments or the
result of a tool, an address, an error. None leaves it out."""

_logger = logging.getLogger(__name__)


class Redactor:
    """Lets a function of the user's see every text; a text that it fails for is left out."""

    def __init__(self, redact: Redact | None) -> None:
        self._redact = redact

    def __call__(self, text: str) -> str | None:
        """Return what may be said of `text`; None for nothing."""
        if self._redact is None:
            return text
        try:
            return self._redact(text)
        except Exception as error:
            _logger.warning("Content could not be redacted: %s", type(error).__name__)
            return None
