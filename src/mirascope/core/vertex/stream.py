"""The stream class of vertex."""

from ._vendor import VertexStream

__all__ = ["VertexStream"]
