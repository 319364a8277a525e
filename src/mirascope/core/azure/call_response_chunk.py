"""The chunk class of azure."""

from .vendor import AzureCallResponseChunk

__all__ = ["AzureCallResponseChunk"]
