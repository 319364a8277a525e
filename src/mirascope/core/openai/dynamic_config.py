from . import AsyncOpenAIDynamicConfig as AsyncOpenAIDynamicConfig
from . import OpenAIDynamicConfig as OpenAIDynamicConfig
