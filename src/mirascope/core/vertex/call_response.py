from . import VertexCallResponse as VertexCallResponse
