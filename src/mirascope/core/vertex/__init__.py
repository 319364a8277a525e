"""v1 calls to vertex, through the vendor's own SDK."""

import warnings

from ..missing_sdk import needs

with needs("vertex"):
    try:
        from .vendor import *  # noqa: F403  # the vendor's `__all__` says what is public
        from .vendor import __all__ as __all__
    except ImportError:
        from google import genai

        from ..families.generate_content.genai import stand_in

        # Project and place come from GOOGLE_CLOUD_PROJECT and GOOGLE_CLOUD_LOCATION.
        globals().update(
            stand_in("vertex", "Vertex", ("GOOGLE_",), lambda: genai.Client(vertexai=True))
        )

warnings.warn(
    "vertexai.generative_models is at its end of life: use `mirascope.core.google`.",
    DeprecationWarning,
    stacklevel=2,
)
