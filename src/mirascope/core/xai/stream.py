"""The stream class of xai."""

from ._vendor import XAIStream

__all__ = ["XAIStream"]
