from . import AnthropicCallParams as AnthropicCallParams
