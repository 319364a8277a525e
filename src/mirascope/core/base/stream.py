"""Streams of chunks and tools, and how a vendor of one's own makes them."""

from .custom_vendor import stream_factory
from .pair_stream import BaseStream

__all__ = ["BaseStream", "stream_factory"]
