"""The stream class of azure."""

from ._vendor import AzureStream

__all__ = ["AzureStream"]
