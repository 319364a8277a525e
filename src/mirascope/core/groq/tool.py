from . import GroqTool as GroqTool
