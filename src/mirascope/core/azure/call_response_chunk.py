"""The chunk class of azure."""

from ._vendor import AzureCallResponseChunk

__all__ = ["AzureCallResponseChunk"]
