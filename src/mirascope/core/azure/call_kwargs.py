"""What the SDK of azure is called with."""

from . import AzureCallKwargs as AzureCallKwargs
