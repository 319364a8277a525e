from . import AsyncGroqDynamicConfig as AsyncGroqDynamicConfig
from . import GroqDynamicConfig as GroqDynamicConfig
