"""The stream class of cohere."""

from ._vendor import CohereStream

__all__ = ["CohereStream"]
