"""The response class of mistral."""

from ._vendor import MistralCallResponse

__all__ = ["MistralCallResponse"]
