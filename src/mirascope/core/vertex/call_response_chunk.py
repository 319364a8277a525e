"""The chunk class of vertex."""

from . import VertexCallResponseChunk as VertexCallResponseChunk
