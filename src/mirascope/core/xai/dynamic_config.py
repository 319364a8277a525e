"""The settings of one call to xai."""

from . import AsyncXAIDynamicConfig as AsyncXAIDynamicConfig
from . import XAIDynamicConfig as XAIDynamicConfig
