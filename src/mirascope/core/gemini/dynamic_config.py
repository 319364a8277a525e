"""The settings of one call to gemini."""

from . import GeminiDynamicConfig as GeminiDynamicConfig
