"""The chunk class of bedrock."""

from ._vendor import BedrockCallResponseChunk

__all__ = ["BedrockCallResponseChunk"]
