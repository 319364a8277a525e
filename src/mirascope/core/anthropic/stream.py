"""The stream class of anthropic."""

from ._vendor import AnthropicStream

__all__ = ["AnthropicStream"]
