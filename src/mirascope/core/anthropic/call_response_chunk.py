"""The chunk class of anthropic."""

from . import AnthropicCallResponseChunk as AnthropicCallResponseChunk
