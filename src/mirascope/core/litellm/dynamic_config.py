from . import AsyncLiteLLMDynamicConfig as AsyncLiteLLMDynamicConfig
from . import LiteLLMDynamicConfig as LiteLLMDynamicConfig
