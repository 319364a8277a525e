"""The chunk class of vertex."""

from .vendor import VertexCallResponseChunk

__all__ = ["VertexCallResponseChunk"]
