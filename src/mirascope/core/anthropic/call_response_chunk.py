"""The chunk class of anthropic."""

from ._vendor import AnthropicCallResponseChunk

__all__ = ["AnthropicCallResponseChunk"]
