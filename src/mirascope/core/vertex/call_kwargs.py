from . import VertexCallKwargs as VertexCallKwargs
