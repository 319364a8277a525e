from . import AsyncAzureDynamicConfig as AsyncAzureDynamicConfig
from . import AzureDynamicConfig as AzureDynamicConfig
