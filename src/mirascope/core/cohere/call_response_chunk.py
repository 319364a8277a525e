"""The chunk class of cohere."""

from .vendor import CohereCallResponseChunk

__all__ = ["CohereCallResponseChunk"]
