"""The stream class of bedrock."""

from .vendor import BedrockStream

__all__ = ["BedrockStream"]
