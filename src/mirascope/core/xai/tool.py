from . import XAITool as XAITool
