"""What the SDK of xai is called with."""

from . import XAICallKwargs as XAICallKwargs
