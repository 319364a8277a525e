"""The response class of vertex."""

from . import VertexCallResponse as VertexCallResponse
