"""The stream class of cohere."""

from .vendor import CohereStream

__all__ = ["CohereStream"]
