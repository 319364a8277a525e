"""The stream class of azure."""

from . import AzureStream as AzureStream
