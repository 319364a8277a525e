"""The stream class of bedrock."""

from ._vendor import BedrockStream

__all__ = ["BedrockStream"]
