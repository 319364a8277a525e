"""The parameters of vertex."""

from . import VertexCallParams as VertexCallParams
