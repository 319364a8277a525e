"""The parameters of anthropic."""

from . import AnthropicCallParams as AnthropicCallParams
