"""The settings of one call to litellm."""

from . import AsyncLiteLLMDynamicConfig as AsyncLiteLLMDynamicConfig
from . import LiteLLMDynamicConfig as LiteLLMDynamicConfig
