"""The chunk class of mistral."""

from ._vendor import MistralCallResponseChunk

__all__ = ["MistralCallResponseChunk"]
