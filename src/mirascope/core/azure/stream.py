from . import AzureStream as AzureStream
