"""The response class of azure."""

from .vendor import AzureCallResponse

__all__ = ["AzureCallResponse"]
