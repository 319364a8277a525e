"""The stream class of vertex."""

from . import VertexStream as VertexStream
