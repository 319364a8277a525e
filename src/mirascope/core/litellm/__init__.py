"""v1 calls to litellm, through the vendor's own SDK."""

from .vendor import *  # noqa: F403  # the vendor's `__all__` says what is public
from .vendor import __all__ as __all__
