"""The settings of one call to groq."""

from . import AsyncGroqDynamicConfig as AsyncGroqDynamicConfig
from . import GroqDynamicConfig as GroqDynamicConfig
