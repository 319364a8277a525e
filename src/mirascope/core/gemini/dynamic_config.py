from . import GeminiDynamicConfig as GeminiDynamicConfig
