"""The response class of cohere."""

from ._vendor import CohereCallResponse

__all__ = ["CohereCallResponse"]
