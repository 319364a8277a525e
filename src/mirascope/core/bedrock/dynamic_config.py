"""The settings of one call to bedrock."""

from . import AsyncBedrockDynamicConfig as AsyncBedrockDynamicConfig
from . import BedrockDynamicConfig as BedrockDynamicConfig
