from . import VertexTool as VertexTool
