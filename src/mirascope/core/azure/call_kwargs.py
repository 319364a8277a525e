from . import AzureCallKwargs as AzureCallKwargs
