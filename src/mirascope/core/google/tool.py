from . import GoogleTool as GoogleTool
