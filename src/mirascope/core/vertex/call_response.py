"""The response class of vertex."""

from .vendor import VertexCallResponse

__all__ = ["VertexCallResponse"]
