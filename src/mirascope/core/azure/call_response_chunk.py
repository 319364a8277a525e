"""The chunk class of azure."""

from . import AzureCallResponseChunk as AzureCallResponseChunk
