"""The chunk class of bedrock."""

from . import BedrockCallResponseChunk as BedrockCallResponseChunk
