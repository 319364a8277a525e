from . import OpenAITool as OpenAITool
from . import OpenAIToolConfig as OpenAIToolConfig
