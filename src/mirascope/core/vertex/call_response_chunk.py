"""The chunk class of vertex."""

from ._vendor import VertexCallResponseChunk

__all__ = ["VertexCallResponseChunk"]
