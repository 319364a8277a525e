"""The chunk class of cohere."""

from ._vendor import CohereCallResponseChunk

__all__ = ["CohereCallResponseChunk"]
