"""The response class of azure."""

from . import AzureCallResponse as AzureCallResponse
