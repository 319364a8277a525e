"""Streams of chunks and tools, and how a vendor of one's own makes them."""

from __future__ import annotations

from .custom_vendor import stream_factory
from .pair_stream import BaseStream

__all__ = ["BaseStream", "stream_factory"]
