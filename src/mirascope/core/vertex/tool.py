"""The tool class of vertex."""

from . import VertexTool as VertexTool
