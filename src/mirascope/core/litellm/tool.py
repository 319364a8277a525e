from . import LiteLLMTool as LiteLLMTool
