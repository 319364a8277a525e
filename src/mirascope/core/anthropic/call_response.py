from . import AnthropicCallResponse as AnthropicCallResponse
