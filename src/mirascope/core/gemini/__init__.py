"""v1 calls to gemini, through the vendor's own SDK."""

import warnings
from typing import TYPE_CHECKING

from ..missing_sdk import needs

with needs("gemini"):
    if TYPE_CHECKING:
        from .vendor import *  # noqa: F403  # the vendor's `__all__` says what is public
    else:
        try:
            from .vendor import *  # noqa: F403
            from .vendor import __all__
        except ImportError:
            from google import genai

            from ..families.generate_content.genai import stand_in

            _made = stand_in("gemini", "Gemini", ("GOOGLE_", "GEMINI_"), genai.Client)
            __all__ = sorted(_made)
            globals().update(_made)

warnings.warn(
    "google-generativeai is at its end of life: use `mirascope.core.google`.",
    DeprecationWarning,
    stacklevel=2,
)
