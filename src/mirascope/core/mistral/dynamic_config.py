from . import MistralDynamicConfig as MistralDynamicConfig
