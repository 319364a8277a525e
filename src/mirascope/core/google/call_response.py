"""The response class of google."""

from . import GoogleCallResponse as GoogleCallResponse
