from . import AsyncCohereDynamicConfig as AsyncCohereDynamicConfig
from . import CohereDynamicConfig as CohereDynamicConfig
