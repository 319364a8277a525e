"""The chunk class of bedrock."""

from .vendor import BedrockCallResponseChunk

__all__ = ["BedrockCallResponseChunk"]
