from . import AzureCallParams as AzureCallParams
