"""The response class of google."""

from ._vendor import GoogleCallResponse

__all__ = ["GoogleCallResponse"]
