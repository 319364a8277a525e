"""The settings of one call to anthropic."""

from . import AnthropicDynamicConfig as AnthropicDynamicConfig
from . import AsyncAnthropicDynamicConfig as AsyncAnthropicDynamicConfig
