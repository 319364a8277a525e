"""The stream class of anthropic."""

from .vendor import AnthropicStream

__all__ = ["AnthropicStream"]
