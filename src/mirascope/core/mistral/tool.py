from . import MistralTool as MistralTool
