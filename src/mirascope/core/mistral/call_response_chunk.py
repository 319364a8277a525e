"""The chunk class of mistral."""

from .vendor import MistralCallResponseChunk

__all__ = ["MistralCallResponseChunk"]
