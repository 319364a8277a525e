"""The chunk class of google."""

from . import GoogleCallResponseChunk as GoogleCallResponseChunk
