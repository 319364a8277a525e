from . import AsyncBedrockDynamicConfig as AsyncBedrockDynamicConfig
from . import BedrockDynamicConfig as BedrockDynamicConfig
