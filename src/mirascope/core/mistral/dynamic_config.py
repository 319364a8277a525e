"""The settings of one call to mistral."""

from . import MistralDynamicConfig as MistralDynamicConfig
