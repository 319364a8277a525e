"""v1 calls to xai, through openai's SDK."""

from .vendor import *  # noqa: F403  # the vendor's `__all__` says what is public
from .vendor import __all__ as __all__
