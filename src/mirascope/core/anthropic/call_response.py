"""The response class of anthropic."""

from ._vendor import AnthropicCallResponse

__all__ = ["AnthropicCallResponse"]
