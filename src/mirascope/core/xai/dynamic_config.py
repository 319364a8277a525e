from . import AsyncXAIDynamicConfig as AsyncXAIDynamicConfig
from . import XAIDynamicConfig as XAIDynamicConfig
