"""The stream class of google."""

from .vendor import GoogleStream

__all__ = ["GoogleStream"]
