"""The response class of cohere."""

from .vendor import CohereCallResponse

__all__ = ["CohereCallResponse"]
