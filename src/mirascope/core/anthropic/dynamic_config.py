from . import AnthropicDynamicConfig as AnthropicDynamicConfig
from . import AsyncAnthropicDynamicConfig as AsyncAnthropicDynamicConfig
