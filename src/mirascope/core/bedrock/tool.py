from . import BedrockTool as BedrockTool
from . import BedrockToolConfig as BedrockToolConfig
