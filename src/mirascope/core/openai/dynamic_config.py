"""The settings of one call to openai."""

from . import AsyncOpenAIDynamicConfig as AsyncOpenAIDynamicConfig
from . import OpenAIDynamicConfig as OpenAIDynamicConfig
