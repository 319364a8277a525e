"""The response class of azure."""

from ._vendor import AzureCallResponse

__all__ = ["AzureCallResponse"]
