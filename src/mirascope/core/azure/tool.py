from . import AzureTool as AzureTool
from . import AzureToolConfig as AzureToolConfig
