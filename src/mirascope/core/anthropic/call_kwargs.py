"""What the SDK of anthropic is called with."""

from . import AnthropicCallKwargs as AnthropicCallKwargs
