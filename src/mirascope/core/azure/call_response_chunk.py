from . import AzureCallResponseChunk as AzureCallResponseChunk
