from . import GeminiTool as GeminiTool
