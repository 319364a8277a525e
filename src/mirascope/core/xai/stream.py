"""The stream class of xai."""

from .vendor import XAIStream

__all__ = ["XAIStream"]
