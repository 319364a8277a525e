from . import AzureCallResponse as AzureCallResponse
