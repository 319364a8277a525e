from . import AnthropicStream as AnthropicStream
