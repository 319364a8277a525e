from . import VertexStream as VertexStream
