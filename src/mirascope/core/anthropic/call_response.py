"""The response class of anthropic."""

from .vendor import AnthropicCallResponse

__all__ = ["AnthropicCallResponse"]
