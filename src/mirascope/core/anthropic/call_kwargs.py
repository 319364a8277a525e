from . import AnthropicCallKwargs as AnthropicCallKwargs
