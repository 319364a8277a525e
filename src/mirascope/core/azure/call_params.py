"""The parameters of azure."""

from . import AzureCallParams as AzureCallParams
