"""What the SDK of mistral is called with."""

from . import MistralCallKwargs as MistralCallKwargs
