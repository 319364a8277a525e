from . import VertexCallParams as VertexCallParams
