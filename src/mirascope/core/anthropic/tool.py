from . import AnthropicTool as AnthropicTool
from . import AnthropicToolConfig as AnthropicToolConfig
