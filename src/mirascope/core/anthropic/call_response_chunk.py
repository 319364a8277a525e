"""The chunk class of anthropic."""

from .vendor import AnthropicCallResponseChunk

__all__ = ["AnthropicCallResponseChunk"]
