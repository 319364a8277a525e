"""The response class of google."""

from .vendor import GoogleCallResponse

__all__ = ["GoogleCallResponse"]
