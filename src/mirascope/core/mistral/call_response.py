"""The response class of mistral."""

from .vendor import MistralCallResponse

__all__ = ["MistralCallResponse"]
