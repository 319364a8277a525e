"""The stream class of vertex."""

from .vendor import VertexStream

__all__ = ["VertexStream"]
