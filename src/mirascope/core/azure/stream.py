"""The stream class of azure."""

from .vendor import AzureStream

__all__ = ["AzureStream"]
