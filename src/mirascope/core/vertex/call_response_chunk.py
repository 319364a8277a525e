from . import VertexCallResponseChunk as VertexCallResponseChunk
