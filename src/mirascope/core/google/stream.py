"""The stream class of google."""

from . import GoogleStream as GoogleStream
