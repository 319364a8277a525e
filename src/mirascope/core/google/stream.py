"""The stream class of google."""

from ._vendor import GoogleStream

__all__ = ["GoogleStream"]
