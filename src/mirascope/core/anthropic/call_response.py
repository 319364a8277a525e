"""The response class of anthropic."""

from . import AnthropicCallResponse as AnthropicCallResponse
