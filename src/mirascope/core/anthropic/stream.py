"""The stream class of anthropic."""

from . import AnthropicStream as AnthropicStream
