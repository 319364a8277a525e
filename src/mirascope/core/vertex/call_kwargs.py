"""What the SDK of vertex is called with."""

from . import VertexCallKwargs as VertexCallKwargs
