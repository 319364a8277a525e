from . import CohereTool as CohereTool
