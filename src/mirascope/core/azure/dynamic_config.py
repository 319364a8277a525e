"""The settings of one call to azure."""

from . import AsyncAzureDynamicConfig as AsyncAzureDynamicConfig
from . import AzureDynamicConfig as AzureDynamicConfig
