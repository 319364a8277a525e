"""The settings of one call to cohere."""

from . import AsyncCohereDynamicConfig as AsyncCohereDynamicConfig
from . import CohereDynamicConfig as CohereDynamicConfig
