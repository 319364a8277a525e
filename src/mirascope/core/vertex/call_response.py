"""The response class of vertex."""

from ._vendor import VertexCallResponse

__all__ = ["VertexCallResponse"]
