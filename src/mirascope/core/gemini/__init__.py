"""v1 calls to gemini, through the vendor's own SDK."""

import warnings

from ..missing_sdk import needs

with needs("gemini"):
    try:
        from .vendor import *  # noqa: F403  # the vendor's `__all__` says what is public
        from .vendor import __all__ as __all__
    except ImportError:
        from google import genai

        from ..families.generate_content.genai import stand_in

        globals().update(stand_in("gemini", "Gemini", ("GOOGLE_", "GEMINI_"), genai.Client))

warnings.warn(
    "google-generativeai is at its end of life: use `mirascope.core.google`.",
    DeprecationWarning,
    stacklevel=2,
)
