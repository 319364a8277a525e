"""The tool class of bedrock."""

from . import BedrockTool as BedrockTool
from . import BedrockToolConfig as BedrockToolConfig
